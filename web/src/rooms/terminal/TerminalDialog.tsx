import { useNavigate } from "@tanstack/react-router";
import { DatePicker, Form, Input, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter, type Page } from "./data";
import css from "./terminal.module.css";

const dates = ["shipped_on", "activated_on", "warranty_until", "extended_until"] as const;
type Typed = { serial_no: string; tusn: string; model: string; batch?: string; firmware?: string } & Partial<Record<(typeof dates)[number], Dayjs | null>>;

/** A terminal, new or changed. Serial and unique number stay for life. */
export function TerminalDialog({ page, onClose, onMade }: { page: Page | null; onClose: () => void; /** Where it is made on the way to something else. */ onMade?: () => void }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const choices = $api.useQuery("get", "/api/v1/registry-choices", {}, { staleTime: 60_000 }).data;
  const terminal = page?.terminal;
  const after = useAfter((now) => {
    if (!terminal && onMade) return onMade();
    onClose();
    if (!terminal) void navigate({ to: "/terminals/$id", params: { id: now.terminal.id } });
  });
  const add = $api.useMutation("post", "/api/v1/terminals", after);
  const change = $api.useMutation("put", "/api/v1/terminals/{id}", after);
  const run = terminal ? change : add;
  const submit = (v: Typed) => {
    const on = Object.fromEntries(dates.map((name) => [name, v[name]?.format("YYYY-MM-DD") ?? null]));
    const common = { model: v.model, batch: v.batch?.trim() ?? "", firmware: v.firmware?.trim() ?? "", ...on };
    if (terminal) change.mutate({ params: { path: { id: terminal.id } }, body: { version: terminal.version, ...common } });
    else add.mutate({ body: { serial_no: v.serial_no.trim(), tusn: v.tusn.trim(), ...common } });
  };
  const initial: Partial<Typed> = terminal
    ? { model: terminal.model, batch: terminal.batch, firmware: terminal.firmware, ...Object.fromEntries(dates.map((name) => [name, terminal[name] ? dayjs(terminal[name]) : null])) }
    : {};
  return (
    <FormModal<Typed> title={t(terminal ? "terminal.edit" : "terminal.new")} submit={t("terminal.save")} initial={initial} pending={run.isPending} problem={run.error} onSubmit={submit} onClose={onClose}>
      {!terminal && (
        <>
          <Form.Item name="serial_no" label={t("fact.serial")} rules={[{ required: true, whitespace: true, message: t("terminal.serial_missing") }]}>
            <Input maxLength={40} spellCheck={false} autoFocus />
          </Form.Item>
          <Form.Item name="tusn" label={t("terminal.tusn")} extra={t("terminal.tusn_shape")} rules={[{ required: true, whitespace: true, message: t("terminal.tusn_missing") }]}>
            <Input maxLength={40} inputMode="numeric" spellCheck={false} />
          </Form.Item>
        </>
      )}
      <Form.Item name="model" label={t("fact.model")} rules={[{ required: true, message: t("terminal.model_missing") }]}>
        <Select showSearch options={choices?.models.map((one) => ({ value: one.model, label: `${one.vendor} ${one.model}` })) ?? []} loading={!choices} />
      </Form.Item>
      <div className={css.pair}>
        <Form.Item name="batch" label={t("terminal.batch")}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="firmware" label={t("terminal.firmware")}>
          <Input maxLength={40} />
        </Form.Item>
        {dates.map((name) => (
          <Form.Item key={name} name={name} label={t(`terminal.${name}`)}>
            <DatePicker />
          </Form.Item>
        ))}
      </div>
    </FormModal>
  );
}
