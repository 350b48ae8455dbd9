import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./facts.module.css";

const marks = { pass: "✓", fail: "✕", na: "—" } as const;

/** How the tests of a visit ended, and what was written down for those that did not pass. */
export function TestResults({ order }: { order: string }) {
  const { t, pick } = useWords();
  const visit = $api.useQuery("get", "/api/v1/work-orders/{id}", { params: { path: { id: order } } });
  if (visit.isPending) return <BlockLoading lines={2} />;
  if (visit.error) return <ProblemLine problem={visit.error} onRetry={() => void visit.refetch()} />;
  const tests = visit.data.steps.filter((step) => step.phase === "test");
  if (tests.length === 0) return null;
  return (
    <section aria-label={t("fact.tests")} data-testid="visit-tests">
      <h4 className={css.dim}>{t("fact.tests")}</h4>
      <ul className={css.tests}>
        {tests.map((test) => (
          <li key={test.code} data-result={test.result ?? "none"}>
            <span aria-hidden>{test.result ? marks[test.result] : "○"}</span>
            <span>
              {pick(test.name)}
              {test.shown.length > 0 && <div className={css.dim}>{test.functions.filter((shown) => test.shown.includes(shown.code)).map((shown) => pick(shown.name)).join(t("field.list_join"))}</div>}
              {test.note && <div className={css.dim}>{test.note}</div>}
            </span>
            <span className={css.dim}>{t(test.result ? `field.result.${test.result}` : "fact.test_open")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
