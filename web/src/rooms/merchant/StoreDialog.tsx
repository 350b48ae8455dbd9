import { AutoComplete, Button, Form, Input, InputNumber, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter, useChoices, type Page } from "./data";
import { readSpans, writeSpans } from "./hours";
import css from "./merchant.module.css";

type Typed = { name: string; address: string; district: string; lat?: number | null; lng?: number | null; agreement: string; hours: Record<string, string> };
type Props = { page: Page; store: Schema<"MerchantStore"> | null; onClose: () => void };

const days = ["1", "2", "3", "4", "5", "6", "7"] as const;
const USUAL = "09:00-21:00";

/** A store, new or changed: where it is, when somebody is there, which agreement its clocks run on. */
export function StoreDialog({ page, store, onClose }: Props) {
  const { t, pick } = useWords();
  const choices = useChoices();
  const after = useAfter(page.merchant.id, onClose);
  const add = $api.useMutation("post", "/api/v1/merchants/{id}/stores", after);
  const change = $api.useMutation("put", "/api/v1/stores/{id}", after);
  const run = store ? change : add;
  const present = store && (page.stores.find((one) => one.id === store.id) ?? store);
  const submit = (v: Typed) => {
    const hours = Object.fromEntries(days.flatMap((day) => (readSpans(v.hours[day] ?? "")?.length ? [[day, readSpans(v.hours[day] ?? "")!]] : [])));
    const body = { name: v.name.trim(), address: v.address.trim(), district: v.district.trim(), lat: v.lat ?? null, lng: v.lng ?? null, agreement: v.agreement, hours, version: present?.version ?? null };
    if (store) change.mutate({ params: { path: { id: store.id } }, body });
    else add.mutate({ params: { path: { id: page.merchant.id } }, body });
  };
  const hours = Object.fromEntries(days.map((day) => [day, store ? writeSpans(store.hours[day] ?? []) : USUAL]));
  const initial: Partial<Typed> = store
    ? { name: store.name, address: store.address, district: store.district, lat: store.lat ?? null, lng: store.lng ?? null, agreement: store.agreement, hours }
    : { name: page.stores.length === 0 ? page.merchant.name : "", hours, ...(page.stores[0] && { agreement: page.stores[0].agreement }) };
  if (!choices) return null;
  return (
    <FormModal<Typed> title={t(store ? "store.edit" : "store.new")} submit={t("store.save")} initial={initial} pending={run.isPending} problem={run.error} onSubmit={submit} onClose={onClose} width={560}>
      <Form.Item name="name" label={t("store.name")} rules={[{ required: true, whitespace: true, message: t("store.name_missing") }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="address" label={t("fact.address")} rules={[{ required: true, whitespace: true, message: t("store.address_missing") }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="district" label={t("merchant.district")} extra={t("store.district_why")} rules={[{ required: true, whitespace: true, message: t("store.district_missing") }]}>
        <AutoComplete options={choices.districts.map((district) => ({ value: district }))} showSearch={{ filterOption: (typed, option) => Boolean(option?.value.includes(typed)) }} />
      </Form.Item>
      <div className={css.pair}>
        <Form.Item name="lat" label={t("store.lat")} extra={t("store.place_why")}>
          <InputNumber min={-90} max={90} step={0.0001} controls={false} />
        </Form.Item>
        <Form.Item name="lng" label={t("store.lng")}>
          <InputNumber min={-180} max={180} step={0.0001} controls={false} />
        </Form.Item>
      </div>
      <Form.Item name="agreement" label={t("merchant.agreement")} rules={[{ required: true, message: t("store.agreement_missing") }]}>
        <Select options={choices.agreements.map((one) => ({ value: one.code, label: pick(one.name) }))} />
      </Form.Item>
      <Week />
    </FormModal>
  );
}

/** The week as seven lines; a day left empty is a day of rest. */
function Week() {
  const { t } = useWords();
  const form = Form.useFormInstance<Typed>();
  return (
    <fieldset className={css.week}>
      <legend>{t("store.hours")}</legend>
      <p className="meta">{t("store.hours_shape")}</p>
      {days.map((day) => (
        <Form.Item key={day} name={["hours", day]} label={t(`weekday.${day}` as Key)} layout="horizontal" colon={false} rules={[{ validator: (_, text: string | undefined) => (readSpans(text ?? "") ? Promise.resolve() : Promise.reject(new Error(t("store.hours_wrong")))) }]}>
          <Input placeholder={t("fact.shut")} suffix={day === "1" ? <All form={form} /> : undefined} />
        </Form.Item>
      ))}
    </fieldset>
  );
}

function All({ form }: { form: ReturnType<typeof Form.useFormInstance<Typed>> }) {
  const { t } = useWords();
  const all = () => {
    const monday = (form.getFieldValue(["hours", "1"]) as string | undefined) ?? "";
    form.setFieldsValue({ hours: Object.fromEntries(days.map((day) => [day, monday])) });
  };
  return (
    <Button type="link" size="small" onClick={all}>
      {t("store.hours_all")}
    </Button>
  );
}
