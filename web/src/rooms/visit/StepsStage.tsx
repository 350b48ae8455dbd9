import { CheckOutlined, CloseOutlined, MinusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
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
          <StepLine key={step.code} id={page.order.id} step={step} />
        ))}
    </ul>
  );
}

function StepLine({ id, step }: { id: string; step: Step }) {
  const { t, pick } = useWords();
  const [note, setNote] = useState(step.note ?? "");
  const record = useCommand(id, "steps");
  const say = (result: Result) => record.mutate({ code: step.code, result, note: result === "fail" ? note.trim() || null : null });
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
      {step.result === "fail" && (
        <div className={css.stepNote}>
          <Input.TextArea size="large" value={note} onChange={(event) => setNote(event.target.value)} autoSize={{ minRows: 1 }} maxLength={2000} aria-label={t("field.step_note", { step: name })} placeholder={t(step.observed ? "field.follow_up_hint" : "field.note_hint")} />
          <Button className={css.big} disabled={note.trim() === (step.note ?? "")} loading={sending === "fail"} onClick={() => say("fail")}>
            {t("field.note_save")}
          </Button>
        </div>
      )}
      {record.error && <ProblemLine problem={record.error} />}
    </li>
  );
}
