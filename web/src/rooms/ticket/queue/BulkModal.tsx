import { App, Form, Input, Radio, Select } from "antd";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { FormModal } from "@ground/parts/FormModal";
import { ProblemLine, useSentence } from "@ground/parts/ProblemView";
import { ColleagueSelect } from "../command/ColleagueSelect";
import { ChoiceField, FaultField, ReasonField } from "../command/fields";
import { bulkBody, reasonsOf, useBulk, type BulkCommand, type BulkRow, type Which } from "./bulk";
import { useMacros } from "../useMacros";
import css from "./queue.module.css";

export type Deed = BulkCommand["do"] | "state";

/** Everything the fields of a deed can ask. */
type Asked = { to?: string; impact?: Schema<"Impact">; urgency?: Schema<"Urgency">; reason?: string; waiting?: Schema<"PauseReason">; fault_code?: string; outcome?: Schema<"Outcome">; body?: string; recipe?: string };

function commandOf(deed: BulkCommand["do"], v: Asked): BulkCommand {
  const why = v.reason ?? "";
  switch (deed) {
    case "assign":
      return { do: deed, to: v.to ?? "" };
    case "priority":
      return { do: deed, reason: why, ...(v.impact && { impact: v.impact }), ...(v.urgency && { urgency: v.urgency }) };
    case "pause":
    case "resume":
      return { do: deed, reason: v.waiting ?? "waiting_merchant" };
    case "solve":
      return { do: deed, fault_code: v.fault_code ?? "", outcome: v.outcome ?? "advised" };
    case "cancel":
      return { do: deed, reason: why };
    case "note":
      return { do: deed, body: v.body ?? "" };
    case "recipe":
      return { do: deed, recipe_id: v.recipe ?? "" };
    case "claim":
    case "confirm":
      return { do: deed };
  }
}

const pauses = ["waiting_merchant", "waiting_parts", "waiting_acquirer", "merchant_closed"] as const;
const deeds = ["pause", "resume", "solve", "confirm", "cancel"] as const;
const testId = { "data-testid": "bulk-submit" };

type Props = { deed: Deed; which: Which; count: number; onClose: () => void; onDone: () => void };

/** Asks what a deed needs, does it with all of them, and says what became of each. */
export function BulkModal({ deed: wanted, which, count, onClose, onDone }: Props) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [deed, setDeed] = useState<BulkCommand["do"]>(wanted === "state" ? "pause" : wanted);
  const [rows, setRows] = useState<BulkRow[] | null>(null);
  // Only a "no" is read; that all went well is said in passing.
  const run = useBulk((rows) => {
    if (rows.some((row) => row.end === "refused")) return setRows(rows);
    void message.success(t("queue.bulk_done", { count: rows.length }));
    onDone();
  });
  if (rows) return <Result rows={rows} onClose={onDone} />;
  return (
    <FormModal<Asked>
      about={deed}
      title={t("queue.bulk_title", { deed: t(deed === "claim" && count > 1 ? "queue.bulk_claim" : deed === "recipe" ? "macro.title" : `do.${deed}`), count })}
      submit={t("queue.bulk_submit", { count })}
      danger={deed === "cancel"}
      button={{ autoFocus: wanted === "claim", ...testId }}
      width={560}
      lead={t("queue.bulk_lead")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(values) => run.mutate({ body: bulkBody(which, commandOf(deed, values)) })}
      onClose={onClose}
    >
      {wanted === "state" && (
        <Form.Item label={t("queue.bulk_state")}>
          <Radio.Group value={deed} onChange={(event) => setDeed(event.target.value as BulkCommand["do"])} options={deeds.map((value) => ({ value, label: t(`do.${value}`) }))} />
        </Form.Item>
      )}
      <Fields deed={deed} />
      {run.isPending && <p role="status">{t("queue.bulk_running", { count })}</p>}
    </FormModal>
  );
}

function Fields({ deed }: { deed: BulkCommand["do"] }) {
  const { t } = useWords();
  switch (deed) {
    case "assign":
      return (
        <Form.Item name="to" label={t("queue.colleague")} rules={[{ required: true, message: t("command.choose") }]}>
          <ColleagueSelect />
        </Form.Item>
      );
    case "priority":
      return (
        <>
          <ChoiceField name="urgency" label="command.urgency" words="urgency" values={["now", "today", "can_wait"]} />
          <p className="meta">{t("queue.bulk_impact_stays")}</p>
          <ReasonField />
        </>
      );
    case "pause":
    case "resume":
      return <ChoiceField name="waiting" label={deed === "pause" ? "command.pause_what" : "command.resume_what"} words="waiting_long" values={pauses} />;
    case "solve":
      return (
        <>
          <FaultField />
          <ChoiceField name="outcome" label="command.outcome" words="outcome" values={["remote_fixed", "advised", "no_fault"]} />
        </>
      );
    case "cancel":
      return <ReasonField />;
    case "note":
      return (
        <Form.Item name="body" label={t("do.note")} rules={[{ required: true, whitespace: true, message: t("queue.note_missing") }]}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={4000} autoFocus />
        </Form.Item>
      );
    case "recipe":
      return <MacroField />;
    case "claim":
    case "confirm":
      return null;
  }
}

/** Which macro, and what it does step by step; what a step meets is decided with each ticket by itself. */
function MacroField() {
  const { t } = useWords();
  const { macros, options } = useMacros();
  const chosen: unknown = Form.useWatch("recipe");
  const steps = macros.data?.items.find((macro) => macro.id === chosen)?.steps ?? [];
  return (
    <>
      <Form.Item name="recipe" label={t("macro.title")} rules={[{ required: true, message: t("macro.choose") }]}>
        <Select loading={macros.isPending} placeholder={t("macro.choose")} showSearch={{ optionFilterProp: "search" }} options={options} notFoundContent={t("macro.none")} />
      </Form.Item>
      {macros.error && <ProblemLine problem={macros.error} onRetry={() => void macros.refetch()} />}
      {steps.length > 0 && (
        <ol className={css.macroSteps}>
          {steps.map((step, i) => (
            // The same step may stand in a macro twice: its place is what it is.
            <li key={i}>
              {t(`macro.do.${step.do}`)}
              {"body" in step && <span className="meta"> {step.body}</span>}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** "211 changed, 3 not": each refusal once, with the tickets it is about. */
function Result({ rows, onClose }: { rows: readonly BulkRow[]; onClose: () => void }) {
  const { t } = useWords();
  const sentence = useSentence();
  const of = (end: BulkRow["end"]) => rows.filter((row) => row.end === end).length;
  const [done, same, left] = [of("changed"), of("same"), of("refused")];
  return (
    <Dialog open title={t("queue.bulk_result", { done, left })} okText={t("action.close")} cancelButtonProps={{ style: { display: "none" } }} onOk={onClose} onCancel={onClose} width={640}>
      <div className={css.result} role="status" data-testid="bulk-result">
        {same > 0 && <p>{t("queue.bulk_same", { count: same })}</p>}
        {reasonsOf(rows).map(({ problem, rows: about }) => (
          <section key={`${problem.code} ${problem.detail}`}>
            <h3>
              {sentence(problem)} <span className="num">{t("queue.bulk_rows", { count: about.length })}</span>
            </h3>
            <ul>
              {about.map((row) => (
                <li key={row.id}>
                  {row.number ? (
                    <Link to="/tickets/$id" params={{ id: row.id }} target="_blank">
                      {row.number}
                    </Link>
                  ) : (
                    t("queue.bulk_hidden")
                  )}{" "}
                  {row.subject}
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
