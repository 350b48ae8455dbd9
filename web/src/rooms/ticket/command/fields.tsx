/** Fields several commands share. */
import { Form, Input, Radio, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import css from "./command.module.css";

const FOREVER = { staleTime: Infinity };

export const useFaults = () => $api.useQuery("get", "/api/v1/facts/faults", {}, FOREVER);

/** "In a sentence": why something is done. */
export function ReasonField({ label }: { label?: Key }) {
  const { t } = useWords();
  return (
    <Form.Item name="reason" label={t(label ?? "command.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} />
    </Form.Item>
  );
}

/** Which terminal, or why nobody knows. */
export function TerminalFields() {
  const { t } = useWords();
  return (
    <div className={css.two}>
      <Form.Item name="serial" label={t("letter.serial")}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="unknown" label={t("letter.serial_unknown")}>
        <Input maxLength={200} placeholder={t("letter.serial_unknown_hint")} />
      </Form.Item>
    </div>
  );
}

/** One of a few, all in sight. */
export function ChoiceField<Value extends string>({ name, label, words, values }: { name: string; label: Key; words: string; values: readonly Value[] }) {
  const { t } = useWords();
  return (
    <Form.Item name={name} label={t(label)} rules={[{ required: true, message: t("command.choose") }]}>
      <Radio.Group className={css.choices} options={values.map((value) => ({ value, label: t(`${words}.${value}` as Key) }))} />
    </Form.Item>
  );
}

export function FaultField({ onFault, optional = false }: { onFault?: (fault: Schema<"Fault">) => void; optional?: boolean }) {
  const { t, pick } = useWords();
  const faults = useFaults();
  const items = faults.data?.items ?? [];
  return (
    <Form.Item name="fault_code" label={t("command.fault")} rules={optional ? [] : [{ required: true, message: t("command.fault_missing") }]}>
      <Select
        allowClear={optional}
        loading={faults.isPending}
        placeholder={t("command.fault_hint")}
        showSearch={{ optionFilterProp: "search" }}
        onChange={(code: string) => {
          const fault = items.find((f) => f.code === code);
          if (fault) onFault?.(fault);
        }}
        options={items.map((f) => ({ value: f.code, label: `${f.code} ${pick(f.symptom)}`, search: `${f.code} ${f.symptom.zh} ${f.symptom.en}` }))}
      />
    </Form.Item>
  );
}

export function SkillsField() {
  const { t, pick } = useWords();
  const skills = $api.useQuery("get", "/api/v1/facts/skills", {}, FOREVER);
  return (
    <Form.Item name="skills" label={t("command.skills")}>
      <Select mode="multiple" loading={skills.isPending} showSearch={{ optionFilterProp: "label" }} options={(skills.data?.items ?? []).map((s) => ({ value: s.code, label: pick(s.name) }))} />
    </Form.Item>
  );
}

export function PartsField() {
  const { t, pick } = useWords();
  const parts = $api.useQuery("get", "/api/v1/facts/parts", {}, FOREVER);
  return (
    <Form.Item name="parts" label={t("command.parts")}>
      <Select mode="multiple" loading={parts.isPending} showSearch={{ optionFilterProp: "label" }} options={(parts.data?.items ?? []).map((p) => ({ value: p.code, label: pick(p.name) }))} />
    </Form.Item>
  );
}
