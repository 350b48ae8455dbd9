import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./dispatch.module.css";

type Measures = Schema<"Measures">;

const measures = ["metres", "sla_at_risk", "unassigned", "late_minutes", "engineers"] as const;

/** The day before and after, in the figures a dispatcher answers for; the price term by term behind a line. */
export function Measured({ plan, terms }: { plan: Schema<"PlanRow">; terms: readonly Schema<"PlanTerm">[] }) {
  const { t, pick, f } = useWords();
  const { before, after } = plan;
  if (!before || !after) return null;
  const value = (of: Measures, what: (typeof measures)[number]) => (what === "metres" ? t("dispatch.km", { km: f.number(Math.round(of.metres / 100) / 10) }) : f.number(of[what]));
  return (
    <>
      <table className={css.measures}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t("dispatch.measure_name")}</span>
            </th>
            <th scope="col">{t("dispatch.before")}</th>
            <th scope="col">{t("dispatch.after")}</th>
          </tr>
        </thead>
        <tbody>
          {measures.map((what) => (
            <tr key={what} data-changed={before[what] !== after[what] || undefined}>
              <th scope="row">{t(`dispatch.measure.${what}`)}</th>
              <td>{value(before, what)}</td>
              <td>{value(after, what)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {terms.length > 0 && (
        <details className={css.fold}>
          <summary>{t("dispatch.price")}</summary>
          <table className={css.measures}>
            <tbody>
              {terms.map((term) => (
                <tr key={term.code}>
                  <th scope="row">{pick(term.name)}</th>
                  <td>{f.money(term.before_fen)}</td>
                  <td>{f.money(term.after_fen)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}
