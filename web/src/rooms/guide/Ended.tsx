import { Button } from "antd";
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
  if (!ending) return null;
  const next = follows[ending.outcome];
  return (
    <section className={css.panel}>
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
