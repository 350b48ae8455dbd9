import { Link } from "@tanstack/react-router";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Costs } from "./costs";
import css from "./billing.module.css";

/**
 * What coverage decided, the terms that were rejected, and the earlier repair that answers for this fault. `above` is the sentence that stands
 * there already: it is not said twice.
 */
export function Cover({ costs, linked, above }: { costs: Costs; linked: boolean; above?: Schema<"Text"> | undefined }) {
  const { t, pick } = useWords();
  const { cover, first_repair: first } = costs;
  const said = first && { number: first.number, order: first.work_order, on: first.on, fault: first.fault_code };
  const fresh = cover?.sentence.zh !== above?.zh;
  return (
    <>
      {(fresh || !cover) && <p className={css.cover}>{cover ? pick(cover.sentence) : t("quote.no_terminal")}</p>}
      {first && said && (
        <p className={css.first} data-testid="first-repair">
          {linked ? (
            <Link to="/tickets/$id" params={{ id: first.ticket_id }}>
              {t("quote.first_repair", said)}
            </Link>
          ) : (
            t("quote.first_repair", said)
          )}
        </p>
      )}
      {cover && fresh && cover.terms.length > 0 && (
        <details className={css.terms}>
          <summary>{t("quote.terms", { count: cover.terms.length })}</summary>
          <ul>
            {cover.terms.map((term) => (
              <li key={term.code} data-holds={term.holds || undefined}>
                <span aria-hidden>{term.holds ? "✓" : "✗"}</span>
                <span>
                  {pick(term.name)} <span className="meta">{pick(term.why)}</span>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
