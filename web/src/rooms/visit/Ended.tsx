import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { Fold } from "./Fold";
import { swapped, type Page } from "./stage";

/** How it ended: what was found, what was changed, and everything that happened. */
export function Ended({ page }: { page: Page }) {
  const { t, pick, f } = useWords();
  const { order } = page;
  const swap = swapped(page.parts_used);
  const tests = page.steps.filter((step) => step.phase === "test" && (step.result || order.state === "done"));
  const done = order.state === "done";
  const last = page.history.findLast((line) => line.code === "failed" || line.code === "cancelled");
  return (
    <section className={css.panel} aria-label={t("field.ended")}>
      <p className={css.verdict} data-good={done || undefined}>
        <span aria-hidden>{done ? "✓" : "✕"}</span> {done ? t(`field.outcome.${order.outcome ?? "fixed"}`) : last ? pick(last.sentence) : t(`order_state.${order.state}`)}
      </p>
      <dl className={css.dl}>
        {order.closed_at && (
          <>
            <dt>{t("field.closed_at")}</dt>
            <dd className="num">{f.moment(order.closed_at)}</dd>
          </>
        )}
        {order.diagnosis_name && (
          <>
            <dt>{t("field.stage.diagnosis")}</dt>
            <dd>
              {pick(order.diagnosis_name)} <span className="meta">{order.diagnosis_code}</span>
            </dd>
          </>
        )}
        {order.delivered && (
          <>
            <dt>{t("field.stage.delivered")}</dt>
            <dd>{order.delivered}</dd>
          </>
        )}
        {swap && (
          <>
            <dt>{t("field.swap")}</dt>
            <dd className={css.serial}>
              {swap.old} → {swap.new}
            </dd>
          </>
        )}
      </dl>
      {tests.length > 0 && (
        <Fold title={t("field.tests", { count: tests.length })}>
          <ul className={css.remote}>
            {tests.map((test) => (
              <li key={test.code}>
                <span>{pick(test.name)}</span>
                <strong data-result={test.result ?? undefined}>{test.result ? t(`field.result.${test.result}`) : t("fact.test_open")}</strong>
                {test.note && <span className="meta">{test.note}</span>}
              </li>
            ))}
          </ul>
        </Fold>
      )}
      <Fold title={t("field.history", { count: page.history.length })}>
        <ol className={css.remote}>
          {page.history.map((line) => (
            <li key={line.at + line.code + line.sentence.en}>
              <span>{pick(line.sentence)}</span>
              <time className="meta num" dateTime={line.at}>
                {f.moment(line.at)}
              </time>
            </li>
          ))}
        </ol>
      </Fold>
    </section>
  );
}
