import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Dropdown, Form, Input, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { BackLine } from "@ground/parts/BackLine";
import { useLeftState } from "@ground/parts/left";
import { ColleagueSelect } from "@rooms/ticket/command/ColleagueSelect";
import { useFaults } from "@rooms/ticket/command/fields";
import css from "./canned.module.css";
import { Holes } from "./CannedModal";
import { KeptDialog, useKept } from "./KeptDialog";

export type Macro = Schema<"Recipe">;
type Step = Schema<"RecipeStep">;
type Kind = Step["do"];

const KINDS: readonly Kind[] = ["claim", "assign", "priority", "reply", "note", "pause", "resume", "solve"];
const IMPACTS = ["cannot_take_payment", "partly", "can_take_payment", "unknown"] as const;
const URGENCIES = ["now", "today", "can_wait"] as const;
const REASONS = ["waiting_merchant", "waiting_parts", "waiting_acquirer", "merchant_closed"] as const;
const OUTCOMES = ["remote_fixed", "advised", "no_fault"] as const;
const MOST = 10;

const begun: Record<Kind, Step> = {
  claim: { do: "claim" },
  assign: { do: "assign", to: "" },
  priority: { do: "priority", impact: "cannot_take_payment", urgency: "now", reason: "" },
  reply: { do: "reply", body: "", wait: false },
  note: { do: "note", body: "" },
  pause: { do: "pause", reason: "waiting_merchant" },
  resume: { do: "resume", reason: "waiting_merchant" },
  solve: { do: "solve", fault_code: "", outcome: "advised" },
};

/** Writes a macro: its name, and its steps in the order they are given. */
export function MacroEditor({ macro, onClose }: { macro: Macro | null; onClose: () => void }) {
  const { t } = useWords();
  const { typed, set: put, back, keep, anew } = useLeftState<{ name: string; steps: readonly Step[] }>(`macro ${macro?.id ?? ""}`, { name: macro?.name ?? "", steps: macro?.steps ?? [] });
  const { name, steps } = typed;
  const kept = useKept("/api/v1/recipes", onClose);
  const add = $api.useMutation("post", "/api/v1/recipes", kept);
  const change = $api.useMutation("put", "/api/v1/recipes/{id}", kept);
  const remove = $api.useMutation("delete", "/api/v1/recipes/{id}", kept);
  const problem = add.error ?? change.error ?? remove.error;
  const save = () => {
    const body = { name, steps: [...steps] };
    if (macro) change.mutate({ params: { path: { id: macro.id } }, body: { ...body, version: macro.version } });
    else add.mutate({ body });
  };
  const set = (at: number, step: Step) => put({ steps: steps.map((one, i) => (i === at ? step : one)) });
  const move = (at: number, by: number) => {
    const next = [...steps];
    const [step] = next.splice(at, 1);
    if (step) next.splice(at + by, 0, step);
    put({ steps: next });
  };
  return (
    <KeptDialog
      title={t(macro ? "canned.edit_macro" : "canned.new_macro")}
      width={720}
      add={add}
      change={change}
      removal={macro ? { name: macro.name, run: remove, go: () => remove.mutate({ params: { path: { id: macro.id } } }) } : undefined}
      save={{ disabled: !name.trim() || steps.length === 0, onClick: save, children: t("macro.save"), "data-testid": "macro-save" }}
      onClose={() => {
        keep();
        onClose();
      }}
    >
      <Form layout="vertical" requiredMark={false}>
        <Form.Item label={t("canned.name")}>
          <Input value={name} maxLength={60} onChange={(event) => put({ name: event.target.value })} data-testid="macro-name" />
        </Form.Item>
        <ol className={css.steps}>
          {steps.map((step, i) => (
            // Steps have no identity of their own: the place is what is edited.
            <li key={i} data-problem={problem?.field === `steps.${i}` || undefined}>
              <div className={css.stepHead}>
                <strong>{t(`macro.do.${step.do}`)}</strong>
                <span className={css.space} />
                <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={i === 0} onClick={() => move(i, -1)} aria-label={t("macro.up")} title={t("macro.up")} />
                <Button type="text" size="small" icon={<ArrowDownOutlined />} disabled={i === steps.length - 1} onClick={() => move(i, 1)} aria-label={t("macro.down")} title={t("macro.down")} />
                <Button type="text" size="small" icon={<DeleteOutlined />} onClick={() => put({ steps: steps.filter((_, at) => at !== i) })} aria-label={t("macro.drop")} title={t("macro.drop")} />
              </div>
              <Fields step={step} onChange={(next) => set(i, next)} />
            </li>
          ))}
        </ol>
        <Dropdown trigger={["click"]} disabled={steps.length >= MOST} menu={{ items: KINDS.map((kind) => ({ key: kind, label: t(`macro.do.${kind}`), onClick: () => put({ steps: [...steps, begun[kind]] }) })) }}>
          <Button icon={<PlusOutlined />} data-testid="macro-add">
            {t("macro.add")}
          </Button>
        </Dropdown>
      </Form>
      <BackLine back={back} onAnew={anew} />
    </KeptDialog>
  );
}

function Fields({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const { t, pick } = useWords();
  const faults = useFaults();
  const choice = <Value extends string>(value: Value, values: readonly Value[], words: string, set: (value: Value) => void) => (
    <Select<Value> value={value} onChange={set} options={values.map((one) => ({ value: one, label: t(`${words}.${one}` as Key) }))} className={css.choice} />
  );
  switch (step.do) {
    case "claim":
      return null;
    case "assign":
      return <ColleagueSelect value={step.to || undefined} onChange={(to) => onChange({ ...step, to })} />;
    case "priority":
      return (
        <div className={css.row}>
          {choice(step.impact, IMPACTS, "impact", (impact) => onChange({ ...step, impact }))}
          {choice(step.urgency, URGENCIES, "urgency", (urgency) => onChange({ ...step, urgency }))}
          <Input value={step.reason} maxLength={500} placeholder={t("command.reason")} aria-label={t("command.reason")} onChange={(event) => onChange({ ...step, reason: event.target.value })} />
        </div>
      );
    case "reply":
    case "note":
      return (
        <>
          <Input.TextArea value={step.body} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={2000} aria-label={t("canned.body")} onChange={(event) => onChange({ ...step, body: event.target.value })} />
          <Holes onPick={(hole) => onChange({ ...step, body: `${step.body}{${hole}}` })} />
          {step.do === "reply" && (
            <Checkbox checked={step.wait} onChange={(event) => onChange({ ...step, wait: event.target.checked })}>
              {t("macro.wait")}
            </Checkbox>
          )}
        </>
      );
    case "pause":
    case "resume":
      return choice(step.reason, REASONS, "waiting", (reason) => onChange({ ...step, reason }));
    case "solve":
      return (
        <div className={css.row}>
          <Select
            value={step.fault_code || null}
            onChange={(fault_code: string | null) => onChange({ ...step, fault_code: fault_code ?? "" })}
            placeholder={t("command.fault_hint")}
            aria-label={t("command.fault")}
            showSearch={{ optionFilterProp: "label" }}
            options={(faults.data?.items ?? []).map((f) => ({ value: f.code, label: `${f.code} ${pick(f.symptom)}` }))}
            className={css.wide}
          />
          {choice(step.outcome, OUTCOMES, "outcome", (outcome) => onChange({ ...step, outcome }))}
        </div>
      );
  }
}
