import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { PlaceFields } from "./PlaceFields";
import { RoleFields } from "./RoleFields";

/** Asks somebody to join. They choose their password themselves, by the link in the mail or one that is handed over. */
export function InviteModal({ onClose, onDone }: { onClose: () => void; onDone: (id: string) => void }) {
  const { t, lang } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const invite = $api.useMutation("post", "/api/v1/users", {
    onSuccess: (person) => {
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/users"] });
      void message.success(t("people.invited", { name: person.name }));
      onClose();
      onDone(person.id);
    },
  });
  return (
    <FormModal<Schema<"UserNew">>
      title={t("people.invite")}
      submit={t("people.invite_send")}
      initial={{ role: "agent", lang }}
      pending={invite.isPending}
      problem={invite.error}
      onSubmit={(typed) => invite.mutate({ body: { ...typed, email: typed.email?.trim() || null } })}
      onClose={onClose}
    >
      <Form.Item name="display_name" label={t("people.name")} rules={[{ required: true, whitespace: true, message: t("people.name_missing") }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="username" label={t("people.username")} rules={[{ required: true, message: t("people.username_missing") }]} extra={t("people.username_shape")}>
        <Input maxLength={60} autoCapitalize="off" autoCorrect="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="email" label={t("people.email")} extra={t("people.email_why")}>
        <Input inputMode="email" maxLength={100} />
      </Form.Item>
      <RoleFields />
      <PlaceFields />
      <Form.Item name="lang" label={t("people.lang")}>
        <Select options={(["zh", "en"] as const).map((l) => ({ value: l, label: t(`lang.${l}`) }))} />
      </Form.Item>
    </FormModal>
  );
}
