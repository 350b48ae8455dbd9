import { Button } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { useWords } from "@ground/i18n/Words";
import { BackupStage } from "./BackupStage";
import { ConfirmSheet, ConfirmStage } from "./ConfirmStage";
import { DeliveredStage } from "./DeliveredStage";
import { DiagnosisStage } from "./DiagnosisStage";
import { FailButton } from "./FailButton";
import css from "./field.module.css";
import { Foot } from "./Foot";
import { PartsStage } from "./PartsStage";
import { QuoteStage } from "./QuoteStage";
import { RestoreStage } from "./RestoreStage";
import { gapsByStage, nextStage, stages, stagesOf, type Page, type Stage } from "./stage";
import { StepsStage } from "./StepsStage";

/** The work at the shop, part by part in its order. What is still missing stands in words at the end, and next to the thumb. */
export function Work({ page }: { page: Page }) {
  const { t, pick } = useWords();
  const next = nextStage(page.missing);
  const [open, setOpen] = useState<ReadonlySet<Stage>>(() => new Set([next]));
  const [confirming, setConfirming] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const gaps = gapsByStage(page.missing);
  const shown = stagesOf(page);

  const toggle = (stage: Stage) => setOpen((was) => (was.has(stage) ? new Set([...was].filter((s) => s !== stage)) : new Set([...was, stage])));
  const go = (stage: Stage) => {
    setOpen(new Set([stage]));
    requestAnimationFrame(() => list.current?.querySelector(`[data-stage="${stage}"]`)?.scrollIntoView({ block: "start" }));
  };

  const content: Record<Stage, () => ReactNode> = {
    diagnosis: () => <DiagnosisStage page={page} />,
    quote: () => <QuoteStage page={page} />,
    backup: () => <BackupStage page={page} />,
    work: () => <StepsStage page={page} phase="work" />,
    parts: () => <PartsStage page={page} />,
    test: () => <StepsStage page={page} phase="test" />,
    restore: () => <RestoreStage page={page} />,
    delivered: () => <DeliveredStage page={page} />,
    confirm: () => <ConfirmStage page={page} onAsk={() => setConfirming(true)} />,
  };
  const status = (stage: Stage) =>
    gaps[stage].length > 0 ? t("field.stage_missing", { count: gaps[stage].length }) : stage === "parts" ? t("field.stage_parts", { count: page.parts_used.length }) : stage === "confirm" ? "" : t("field.stage_done");

  return (
    <>
      <div ref={list} className={css.stages}>
        {shown.map((stage, i) => {
          const done = gaps[stage].length === 0 && stage !== "confirm" && (stage !== "parts" || page.parts_used.length > 0);
          return (
            <section key={stage} data-stage={stage} className={css.stage} aria-label={t(`field.stage.${stage}`)}>
              <button type="button" className={css.stageHead} aria-expanded={open.has(stage)} onClick={() => toggle(stage)}>
                <span className={css.stageMark} data-done={done || undefined} aria-hidden>
                  {done ? "✓" : i + 1}
                </span>
                <h2>{t(`field.stage.${stage}`)}</h2>
                <span className="meta">{status(stage)}</span>
              </button>
              {open.has(stage) && <div className={css.stageBody}>{content[stage]()}</div>}
            </section>
          );
        })}
      </div>
      {page.missing.length > 0 && (
        <section className={css.panel} id="gaps" aria-label={t("field.missing_title", { count: page.missing.length })}>
          <h2>{t("field.missing_title", { count: page.missing.length })}</h2>
          <ul className={css.gaps}>
            {page.missing.map((gap) => (
              <li key={gap.code}>{pick(gap.sentence)}</li>
            ))}
          </ul>
        </section>
      )}
      <FailButton page={page} />
      <Foot>
        {page.missing.length > 0 && (
          <p className={css.footLine}>
            <a href="#gaps">{t("field.missing_short", { count: page.missing.length, what: shortly(gaps, t) })}</a>
          </p>
        )}
        <Button type="primary" block className={css.main} onClick={() => (next === "confirm" ? setConfirming(true) : go(next))}>
          {next === "confirm" ? t("field.confirm_ask") : t("field.next", { stage: t(`field.stage.${next}`) })}
        </Button>
      </Foot>
      {confirming && <ConfirmSheet page={page} onClose={() => setConfirming(false)} />}
    </>
  );
}

/** The names of the parts of the work that have gaps: what "not yet" is about, in a few words. */
function shortly(gaps: Record<Stage, unknown[]>, t: ReturnType<typeof useWords>["t"]): string {
  return stages
    .filter((stage) => gaps[stage].length > 0)
    .map((stage) => t(`field.stage.${stage}`))
    .join(t("field.list_join"));
}
