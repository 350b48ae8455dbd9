import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Radio, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";

type Typed = { name: string; duty?: string; phone?: string; email?: string; store_id?: string; lang: "zh" | "en" };
type Props = { page: Schema<"MerchantPage">; contact: Schema<"MerchantContact"> | null; onClose: () => void };

const said = (text: string | undefined) => text?.trim() || null;

/** A contact, new or changed. A number left empty stays as it is. */
export function ContactDialog({ page, contact, onClose }: Props) {
  const { t } = useWords();
  const cache = useQueryClient();
  const key = $api.queryOptions("get", "/api/v1/merchants/{id}", { params: { path: { id: page.merchant.id } } }).queryKey;
  const after = {
    onSuccess: (now: Schema<"MerchantPage">) => {
      cache.setQueryData(key, now);
      onClose();
    },
    // Somebody was quicker: the page reads itself again and the words typed here stay.
    onError: () => void cache.invalidateQueries({ queryKey: key }),
  };
  const add = $api.useMutation("post", "/api/v1/merchants/{id}/contacts", after);
  const change = $api.useMutation("put", "/api/v1/contacts/{id}", after);
  const run = contact ? change : add;
  const present = contact && (page.contacts.find((c) => c.id === contact.id) ?? contact);
  const submit = (v: Typed) => {
    const body = { name: v.name.trim(), duty: v.duty?.trim() ?? "", phone: said(v.phone), email: said(v.email), store_id: v.store_id ?? null, lang: v.lang, version: present?.version ?? null };
    if (contact) change.mutate({ params: { path: { id: contact.id } }, body });
    else add.mutate({ params: { path: { id: page.merchant.id } }, body });
  };
  return (
    <FormModal<Typed>
      title={t(contact ? "merchant.change_contact" : "merchant.add_contact")}
      about={contact?.id ?? page.merchant.id}
      submit={t("merchant.save_contact")}
      initial={contact ? { name: contact.name, duty: contact.duty, lang: contact.lang, ...(contact.store_id && { store_id: contact.store_id }) } : { lang: "zh" }}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={t("letter.contact_name")} rules={[{ required: true, whitespace: true, message: t("letter.contact_name_missing") }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="duty" label={t("merchant.duty")}>
        <Input maxLength={50} placeholder={t("merchant.duty_hint")} />
      </Form.Item>
      <Form.Item name="phone" label={t("letter.contact_phone")}>
        <Input inputMode="tel" maxLength={20} placeholder={contact?.phone_masked ?? ""} />
      </Form.Item>
      <Form.Item name="email" label={t("letter.contact_email")}>
        <Input inputMode="email" maxLength={100} placeholder={contact?.email_masked ?? ""} />
      </Form.Item>
      <Form.Item name="store_id" label={t("fact.store")}>
        <Select allowClear options={page.stores.map((store) => ({ value: store.id, label: store.name }))} placeholder={t("merchant.all_stores")} />
      </Form.Item>
      <Form.Item name="lang" label={t("merchant.lang")}>
        <Radio.Group options={(["zh", "en"] as const).map((lang) => ({ value: lang, label: t(`lang.${lang}`) }))} />
      </Form.Item>
    </FormModal>
  );
}
