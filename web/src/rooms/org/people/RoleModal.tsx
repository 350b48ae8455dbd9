import { App } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
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
    <FormModal<Typed>
      title={t("people.role_title", { name: person.name })}
      about={person.id}
      submit={t("people.change_role")}
      lead={t("people.role_why")}
      initial={{ role: person.role }}
      pending={change.isPending}
      problem={change.error}
      onSubmit={(typed) => change.mutate({ params: { path: { id: person.id } }, body: { ...typed, version: person.version } })}
      onClose={onClose}
    >
      <RoleFields />
      <Successor except={person.id} />
    </FormModal>
  );
}
