import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { client } from "@ground/api/client";
import { useWords } from "@ground/i18n/Words";
import { PriorityLabel } from "@ground/labels/Labels";
import { ProblemLine, useSentence } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useSettled } from "@ground/time/useSettled";
import { StateLabel } from "../labels";
import css from "./fresh.module.css";

type Ask = Schema<"TriageAsk">;

type Props = { ask: Ask; /** Something is ordered: nothing is broken, so no fault is guessed and no incident joined. */ ordered: boolean; joined: string | null; onJoin: (incident: Schema<"KnownIncident">) => void };

/** How the case would be judged, what the house knows of the terminal, and what it may be the same as. Nothing is kept. */
export function Preview({ ask, ordered, joined, onJoin }: Props) {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const sentence = useSentence();
  const asked = useSettled(ask, 400);
  const enough = asked.symptom.length >= 2 || (asked.terminal_serial ?? "").length >= 6 || Boolean(asked.response_code) || (asked.phone ?? "").replace(/\D/g, "").length >= 7;
  const preview = useQuery({
    queryKey: ["triage-preview", asked],
    queryFn: async () => {
      const { data, error } = await client.POST("/api/v1/triage/preview", { body: asked });
      // A serial that is half typed, or that nobody knows, takes away nothing else of what is known.
      if (error?.field === "terminal_serial") {
        const without = await client.POST("/api/v1/triage/preview", { body: { ...asked, terminal_serial: null } });
        if (without.data) return { ...without.data, serial: error };
      }
      if (error) throw error;
      return { ...data, serial: null };
    },
    enabled: enough,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!enough) return <p className={css.waiting}>{t("fresh.preview_waits")}</p>;
  if (preview.error) return <ProblemLine problem={preview.error} />;
  const it = preview.data;
  if (!it) return <p className={css.waiting}>{t("state.loading")}</p>;
  const { triage, priority_why, terminal, coverage, candidates, incidents } = it;
  return (
    <>
      {!ordered && incidents.length > 0 && (
        <section className={css.warning} data-testid="fresh-incidents">
          <h2>{t("fresh.incidents", { count: incidents.length })}</h2>
          <ul>
            {incidents.map((one) => (
              <li key={one.id}>
                <span className="num">{one.number}</span> {one.title}
                <div className="meta">{[...one.by.map(pick), t("incident.since_at", { at: f.moment(one.opened_at) })].join(" · ")}</div>
                {may("incident.work") && (
                  <Button size="small" disabled={joined === one.id} onClick={() => onJoin(one)} data-testid="fresh-join">
                    {t(joined === one.id ? "fresh.joined" : "fresh.join")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {candidates.length > 0 && (
        <section className={css.warning} role="alert" data-testid="fresh-candidates">
          <h2>{t("fresh.candidates", { count: candidates.length })}</h2>
          <ul>
            {candidates.map((one) => (
              <li key={one.id}>
                <span className="num">{one.number}</span> {one.subject} <StateLabel state={one.state} />
                <div className="meta">
                  {[t(`alike.${one.why}`), one.likeness && t("alike.shares", { percent: one.likeness.percent, words: one.likeness.words.join(t("list.comma")) }), f.moment(one.opened_at)].filter(Boolean).join(" · ")}
                </div>
                <Link to="/tickets/$id" params={{ id: one.id }}>
                  {t("fresh.open_instead")}
                </Link>
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
            <p>{it.serial ? sentence(it.serial) : t("fresh.terminal_unknown")}</p>
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
      {!ordered && (
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
      )}
    </>
  );
}
