import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./guide.module.css";

/** What has been answered, and by whom: a fact says so. */
export function Answered({ steps }: { steps: readonly Schema<"AnsweredStep">[] }) {
  const { t, f, pick } = useWords();
  if (steps.length === 0) return null;
  return (
    <div className={css.answered}>
      <h3>{t("guide.answered")}</h3>
      <ol>
        {steps.map((step) => (
          <li key={step.step} title={f.full(step.at)}>
            <span className={css.dim}>{pick(step.question)}</span> <strong>{pick(step.answer)}</strong> {step.auto && <span className="meta">{t("guide.auto")}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
