import { useWords } from "@ground/i18n/Words";
import css from "./agreement.module.css";
import type { Page } from "./data";
import { share } from "./share";

/** What each clause promises to pay, and what it comes to. */
export function Clauses({ page }: { page: Page }) {
  const { t, f } = useWords();
  return (
    <ul className={css.rows} aria-label={t("statement.clauses")}>
      {page.clauses.map((c) => (
        <li key={c.kind} className={css.row} data-testid="statement-clause">
          <span className={css.grow}>
            {t("statement.clause", { clause: c.clause, kind: t(`clock_page.${c.kind}`) })}
            <span className="meta"> {c.penalty ? t("statement.rule", { percent: c.penalty.per_hour_pct, fee: f.money(c.penalty.fee_fen), cap: c.penalty.cap_pct }) : t("statement.rule_none")}</span>
          </span>
          <span className="num">{share(f, c.figures)}</span>
          <span className="num">{t("statement.late_count", { count: c.figures.late })}</span>
          <span className={`num ${css.money}`}>{f.money(c.figures.penalty)}</span>
        </li>
      ))}
    </ul>
  );
}
