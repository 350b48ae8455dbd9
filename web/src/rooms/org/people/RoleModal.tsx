import { App, Form } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type Person } from "./data";
import { RoleFields } from "./RoleFields";
import { Successor } from "./Successor";

type Typed = Omit<Schema<"RoleChange">, "version">;

/** Another role. Everything the person is signed in with ends, so that nothing of the old role lives on. */
export function RoleModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const change = $api.useMutation(
    "post",
    "/api/v1/users/{id}/role",
    useAfter(person.id, () => {
      void message.success(t("people.role_changed"));
      onClose();
    }),
  );
  return (
    <Dialog open title={t("people.role_title", { name: person.name })} okText={t("people.change_role")} cancelText={t("action.cancel")} okButtonProps={{ htmlType: "submit", form: "role" }} confirmLoading={change.isPending} onCancel={onClose}>
      <p className="lead">{t("people.role_why")}</p>
      <Form<Typed> id="role" layout="vertical" requiredMark={false} initialValues={{ role: person.role }} onFinish={(typed) => change.mutate({ params: { path: { id: person.id } }, body: { ...typed, version: person.version } })}>
        <RoleFields />
        <Successor except={person.id} />
      </Form>
      {change.error && <ProblemLine problem={change.error} />}
    </Dialog>
  );
}
