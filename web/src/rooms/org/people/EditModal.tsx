import { Form, Input, Select } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter, type Person } from "./data";
import { PlaceFields } from "./PlaceFields";

type Typed = { display_name: string; email?: string; lang: "zh" | "en"; branch_id?: string; partner_id?: string };

/** Name, address, language and place of a person. */
export function EditModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useWords();
  const change = $api.useMutation("patch", "/api/v1/users/{id}", useAfter(person.id, onClose));
  const submit = (typed: Typed) =>
    change.mutate({
      params: { path: { id: person.id } },
      body: { version: person.version, display_name: typed.display_name.trim(), email: typed.email?.trim() || null, lang: typed.lang, branch_id: typed.branch_id ?? null, partner_id: typed.partner_id ?? null },
    });
  return (
    <FormModal<Typed>
      title={t("people.edit_title", { name: person.name })}
      about={person.id}
      submit={t("people.save")}
      initial={{ display_name: person.name, lang: person.lang, ...(person.email && { email: person.email }), ...(person.branch_id && { branch_id: person.branch_id }), ...(person.partner_id && { partner_id: person.partner_id }) }}
      pending={change.isPending}
      problem={change.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="display_name" label={t("people.name")} rules={[{ required: true, whitespace: true, message: t("people.name_missing") }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="email" label={t("people.email")}>
        <Input inputMode="email" maxLength={100} />
      </Form.Item>
      <Form.Item name="lang" label={t("people.lang")}>
        <Select options={(["zh", "en"] as const).map((lang) => ({ value: lang, label: t(`lang.${lang}`) }))} />
      </Form.Item>
      <PlaceFields />
    </FormModal>
  );
}
