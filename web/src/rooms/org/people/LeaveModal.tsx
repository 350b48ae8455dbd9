import { App } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
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
    <FormModal<{ hand_over_to?: string }>
      title={t("people.leave_title", { name: person.name })}
      about={person.id}
      submit={t("people.leave")}
      danger
      lead={t("people.leave_why")}
      pending={leave.isPending}
      problem={leave.error}
      onSubmit={(typed) => leave.mutate({ params: { path: { id: person.id } }, body: { version: person.version, hand_over_to: typed.hand_over_to ?? null } })}
      onClose={onClose}
    >
      <Successor except={person.id} />
    </FormModal>
  );
}
