import { App, Form } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type Person } from "./data";
import { Successor } from "./Successor";

/** Somebody leaves: they are out at once, and what they answered for is somebody's in the same step. */
export function LeaveModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const leave = $api.useMutation(
    "post",
    "/api/v1/users/{id}/disable",
    useAfter(person.id, () => {
      void message.success(t("people.gone", { name: person.name }));
      onClose();
    }),
  );
  return (
    <Dialog open title={t("people.leave_title", { name: person.name })} okText={t("people.leave")} cancelText={t("action.cancel")} okButtonProps={{ danger: true, htmlType: "submit", form: "leave" }} confirmLoading={leave.isPending} onCancel={onClose}>
      <p className="lead">{t("people.leave_why")}</p>
      <Form<{ hand_over_to?: string }> id="leave" layout="vertical" requiredMark={false} onFinish={(typed) => leave.mutate({ params: { path: { id: person.id } }, body: { version: person.version, hand_over_to: typed.hand_over_to ?? null } })}>
        <Successor except={person.id} />
      </Form>
      {leave.error && <ProblemLine problem={leave.error} />}
    </Dialog>
  );
}
