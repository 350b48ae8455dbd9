import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Schema } from "@api";
import { client } from "@ground/api/client";
import { useWords } from "@ground/i18n/Words";
import { PriorityLabel } from "@ground/labels/Labels";
import { ProblemLine } from "@ground/parts/ProblemView";
import { MainClock, StateLabel } from "../labels";
import css from "./fresh.module.css";

type Ask = Schema<"TriageAsk">;

/** What stands still for a moment. */
function useSettled<T>(value: T, after: number): T {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), after);
    return () => clearTimeout(timer);
  }, [text, after]);
  return JSON.parse(settled) as T;
}

/** How the case would be judged, and what the house knows of the terminal. Nothing is kept. */
export function Preview({ ask }: { ask: Ask }) {
  const { t, pick } = useWords();
  const asked = useSettled(ask, 400);
  const enough = asked.symptom.length >= 2 || (asked.terminal_serial ?? "").length >= 6 || Boolean(asked.response_code);
  const preview = useQuery({
    queryKey: ["triage-preview", asked],
    queryFn: async () => {
      const { data, error } = await client.POST("/api/v1/triage/preview", { body: asked });
      if (error) throw error;
      return data;
    },
    enabled: enough,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!enough) return <p className={css.waiting}>{t("fresh.preview_waits")}</p>;
  if (preview.error) return <ProblemLine problem={preview.error} />;
  const it = preview.data;
  if (!it) return <p className={css.waiting}>{t("state.loading")}</p>;
  const { triage, priority_why, terminal, coverage, open_already } = it;
  return (
    <>
      {open_already.length > 0 && (
        <section className={css.warning} role="alert" data-testid="fresh-open-already">
          <h2>{t("fresh.open_already", { count: open_already.length })}</h2>
          <ul>
            {open_already.map((row) => (
              <li key={row.id}>
                <Link to="/tickets/$id" params={{ id: row.id }}>
                  {row.number}
                </Link>{" "}
                {row.subject} <StateLabel {...row} /> <MainClock row={row} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {asked.terminal_serial && (
        <section>
          <h2>{t("fresh.terminal")}</h2>
          {terminal ? (
            <>
              <p>
                {it.store_name ?? it.merchant_name} · {terminal.vendor} {terminal.model}
              </p>
              {coverage && <p>{pick(coverage.sentence)}</p>}
            </>
          ) : (
            <p>{t("fresh.terminal_unknown")}</p>
          )}
        </section>
      )}
      <section>
        <h2>
          {t("queue.priority")} <PriorityLabel priority={priority_why.priority} />
        </h2>
        <ul>
          {priority_why.lines.map((line) => (
            <li key={line.zh}>{pick(line)}</li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{triage.decision ? t(`decision.${triage.decision}`) : t("fresh.undecided")}</h2>
        <p>{pick(triage.reason)}</p>
        <ul>
          {triage.proposals.map((proposal) => (
            <li key={proposal.fault_code}>
              {proposal.fault_code} {pick(proposal.symptom)} <span className="meta num">{proposal.score}</span>
              <div className="meta">{proposal.evidence.map(pick).join(t("list.comma"))}</div>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
