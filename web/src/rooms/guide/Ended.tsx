import { Button } from "antd";
import { useEffect, useRef } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Command } from "@rooms/ticket/page/next";
import { Answered } from "./Answered";
import css from "./guide.module.css";

type Props = { view: Schema<"GuideView">; allowed: readonly Command[]; onCommand: (command: Command) => void };

/** Where a walk leads, with the command that follows from it. */
const follows: Record<Schema<"GuideOutcome">, Command> = { fixed: "solve", advise: "solve", visit: "visit", escalate: "assign" };

export function Ended({ view, allowed, onCommand }: Props) {
  const { t, pick } = useWords();
  const { ending } = view;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) panel.current?.focus({ preventScroll: true });
  }, []);
  if (!ending) return null;
  const next = follows[ending.outcome];
  return (
    <section className={css.panel} ref={panel} tabIndex={-1}>
      <header className={css.head}>
        <strong>{pick(view.name)}</strong>
        <span className="meta">{t(`guide.outcome.${ending.outcome}`)}</span>
      </header>
      <p>{pick(ending.sentence)}</p>
      <p className="meta">{t("guide.fault", { code: ending.fault_code })}</p>
      {allowed.includes(next) && (
        <Button onClick={() => onCommand(next)} data-testid="guide-follow">
          {t(`do.${next}`)}
        </Button>
      )}
      <Answered steps={view.answered} />
    </section>
  );
}
