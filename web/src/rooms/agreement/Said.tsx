import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./agreement.module.css";
import { useAfter, type Dispute, type Page } from "./data";
import { DecideDialog } from "./DecideDialog";

/** What is not counted, why, and what proves it. */
export function Exclusions({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const back = $api.useMutation(
    "post",
    "/api/v1/statement-exclusions/{id}/withdraw",
    useAfter(() => {}),
  );
  return (
    <>
      <h2>{t("statement.exclusions")}</h2>
      {page.exclusions.length === 0 && <p className="meta">{t("statement.exclusions_none")}</p>}
      <ul className={css.said}>
        {page.exclusions.map((e) => (
          <li key={e.id} data-testid="statement-exclusion">
            <p>
              {e.day ? <strong className="num">{e.day}</strong> : <strong className="num">{e.ticket_number}</strong>} {e.reason}
            </p>
            <p className="meta">{t("statement.proof_is", { proof: e.proof })}</p>
            <p className="meta num">
              {e.by_name} · {f.moment(e.at)} · {e.signed_in ? t("statement.in_version", { n: e.signed_in }) : t("statement.not_signed_yet")}
            </p>
            {!e.signed_in && may("statement.work") && (
              <Button size="small" loading={back.isPending} onClick={() => back.mutate({ params: { path: { id: e.id } }, body: { version: page.version } })}>
                {t("statement.withdraw")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {back.error && <ProblemLine problem={back.error} />}
    </>
  );
}

/** Lines somebody does not agree with, and what was decided. */
export function Disputes({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [deciding, setDeciding] = useState<Dispute | null>(null);
  return (
    <>
      <h2>{t("statement.disputes", { open: page.disputes_open })}</h2>
      {page.disputes.length === 0 && <p className="meta">{t("statement.disputes_none")}</p>}
      <ul className={css.said}>
        {page.disputes.map((d) => (
          <li key={d.id} data-testid="statement-disputed" data-state={d.state}>
            <p>
              <Link to="/tickets/$id" params={{ id: d.ticket_id }} className="num">
                {d.ticket_number}
              </Link>{" "}
              {t("statement.claim_because", { claim: t(`statement.claim.${d.claim}`) + (d.late_s ? ` ${f.length(d.late_s)}` : ""), reason: d.reason })}
            </p>
            <p className="meta num">
              {d.by_name} · {f.moment(d.raised_at)}
            </p>
            {d.state === "open" ? (
              <p>
                <span className={css.disputed}>{t("statement.dispute_state.open")}</span>{" "}
                {may("statement.work") &&
                  (d.yours_to_decide ? (
                    <Button size="small" onClick={() => setDeciding(d)} data-testid="statement-decide">
                      {t("statement.decide")}
                    </Button>
                  ) : (
                    <span className="meta">{t("statement.others_decide")}</span>
                  ))}
              </p>
            ) : (
              <p>
                <strong>{t(`statement.dispute_state.${d.state}`)}</strong> {d.answer}
                <span className="meta num">
                  {" "}
                  {d.decided_name} · {d.decided_at && f.moment(d.decided_at)}
                  {d.made && ` · ${t("statement.made", { n: d.made })}`}
                </span>
              </p>
            )}
          </li>
        ))}
      </ul>
      {deciding && <DecideDialog page={page} dispute={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

/** Every version, who signed it, and its seal over the one before. */
export function Versions({ page }: { page: Page }) {
  const { t, f } = useWords();
  if (page.versions.length === 0) return null;
  return (
    <>
      <h2>{t("statement.versions")}</h2>
      <ul className={css.said}>
        {page.versions.toReversed().map((v) => (
          <li key={v.version}>
            <p>
              <Link to="/statements/$id" params={{ id: page.id }} search={{ version: v.version }}>
                {t("statement.v", { n: v.version })}
              </Link>{" "}
              {t(`statement.cause.${v.cause}`)} <span className="num">{f.money(v.figures.penalty)}</span>
            </p>
            <p className="meta num">
              {v.signed_name} · {f.moment(v.signed_at)}
            </p>
            <p className={`meta num ${css.seal}`} title={v.seal}>
              {t("statement.seal", { seal: v.seal })}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
