import { CheckOutlined, CloseOutlined, MinusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { PhotoButton } from "./PhotoButton";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

type Step = Schema<"VisitStepRow">;
type Result = Schema<"StepResult">;

const icons = { pass: CheckOutlined, fail: CloseOutlined, na: MinusOutlined };

/** The checklist of this kind of terminal: one tap a step. A test that did not pass asks what follows. */
export function StepsStage({ page, phase }: { page: Page; phase: Schema<"StepPhase"> }) {
  return (
    <ul className={css.steps}>
      {page.steps
        .filter((step) => step.phase === phase)
        .map((step) => (
          <StepLine key={step.code} page={page} step={step} />
        ))}
    </ul>
  );
}

function StepLine({ page, step }: { page: Page; step: Step }) {
  const { id, ticket_id, installs } = page.order;
  const { t, pick } = useWords();
  const [note, setNote] = useState(step.note ?? "");
  const record = useCommand(id, "steps");
  // What is left out of these says why.
  const asksWhy = (result: Result | null | undefined) => result === "fail" || (result === "na" && (step.photo || step.functions.length > 0));
  const say = (result: Result, more?: { shown?: string[]; files?: string[] }) => record.mutate({ code: step.code, result, note: asksWhy(result) ? note.trim() || null : null, ...more });
  const shows = step.functions.length > 0 && step.result && (installs || step.result === "pass");
  const name = pick(step.name);
  const results: Result[] = step.may_skip ? ["pass", "fail", "na"] : ["pass", "fail"];
  const sending = record.isPending ? record.variables.result : undefined;
  return (
    <li className={css.step}>
      <div className={css.stepTop}>
        <span className={css.stepName}>{name}</span>
        <span role="radiogroup" aria-label={name} className={css.stepResults}>
          {results.map((result) => {
            const Icon = icons[result];
            return (
              <Button
                key={result}
                className={css.result}
                role="radio"
                aria-checked={step.result === result}
                data-on={step.result === result || undefined}
                data-result={result}
                data-sending={sending === result || undefined}
                aria-label={t(`field.result.${result}`)}
                title={t(`field.result.${result}`)}
                icon={<Icon />}
                onClick={() => say(result)}
              />
            );
          })}
        </span>
      </div>
      {step.result === "fail" && step.phase === "test" && !step.observed && <p className={css.hint}>{t("field.test_failed")}</p>}
      {step.photo && step.result !== "na" && <PhotoButton ticket={ticket_id} taken={step.photos} onSent={(files) => say(step.result ?? "pass", { files })} />}
      {shows && (
        <fieldset className={css.shown}>
          <legend className="meta">{t(installs ? "field.shown_must" : "field.shown")}</legend>
          {step.functions.map((shown) => (
            <Checkbox key={shown.code} checked={step.shown.includes(shown.code)} disabled={record.isPending} onChange={(event) => say(step.result ?? "pass", { shown: event.target.checked ? [...step.shown, shown.code] : step.shown.filter((code) => code !== shown.code) })}>
              {pick(shown.name)}
            </Checkbox>
          ))}
        </fieldset>
      )}
      {asksWhy(step.result) && step.result && (
        <div className={css.stepNote}>
          <Input.TextArea size="large" value={note} onChange={(event) => setNote(event.target.value)} autoSize={{ minRows: 1 }} maxLength={2000} aria-label={t("field.step_note", { step: name })} placeholder={t(step.result === "na" ? "field.na_hint" : step.observed ? "field.follow_up_hint" : "field.note_hint")} />
          <Button className={css.big} disabled={note.trim() === (step.note ?? "")} loading={sending === step.result} onClick={() => step.result && say(step.result)}>
            {t("field.note_save")}
          </Button>
        </div>
      )}
      {record.error && <ProblemLine problem={record.error} />}
    </li>
  );
}
