import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./dispatch.module.css";

/** The engineers a rule keeps out, folded away, each with the rule. */
export function WhoCannot({ candidates }: { candidates: readonly Schema<"CandidateRow">[] }) {
  const { t, pick } = useWords();
  if (candidates.length === 0) return null;
  return (
    <details className={css.fold}>
      <summary>{t("dispatch.who_cannot", { count: candidates.length })}</summary>
      <ul className={css.why}>
        {candidates.map((candidate) => (
          <li key={candidate.engineer.id}>
            {candidate.engineer.name} <span className="meta">{pick(candidate.excluded_by)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
