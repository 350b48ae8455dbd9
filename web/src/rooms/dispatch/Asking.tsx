import { App, Button, Input, Radio, Select } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { isoDay } from "@ground/time/format";
import { useSession } from "@ground/session/Session";
import { useNow } from "@ground/time/useNow";
import { useAfterCommand, useCandidates, useVerdict, type Dropped, type Page, type Span } from "./data";
import { WhoCannot } from "./WhoCannot";
import css from "./dispatch.module.css";
import { SpanField } from "./SpanField";

type Candidate = Schema<"CandidateRow">;
type OffShift = Schema<"OffShift">;

const offShifts = ["urgent", "on_call", "agreed", "swapped"] as const satisfies readonly OffShift[];

const moved = (span: Span, minutes: number): Span => ({
  from: new Date(Date.parse(span.from) + minutes * 60_000).toISOString(),
  to: new Date(Date.parse(span.to) + minutes * 60_000).toISOString(),
});

/** Whom to ask: everybody who could go with the reasons, then the times, then the question to them. */
export function Asking({ page, date, dropped }: { page: Page; date: string; dropped?: Dropped }) {
  const { t, pick, f } = useWords();
  const { message } = App.useApp();
  const { may } = useSession();
  const { order } = page;
  const now = useNow();
  const candidates = useCandidates(order.id, true);
  const [engineer, setEngineer] = useState(dropped?.engineer);
  const [planned, setPlanned] = useState(dropped?.planned);
  // A promise whose hour is over binds nobody; the server takes none that is.
  const standing = order.promised && Date.parse(order.promised.to) > now ? order.promised : undefined;
  const [promised, setPromised] = useState<Span | undefined>(standing);
  const [reason, setReason] = useState("");
  const [code, setCode] = useState<OffShift>();
  const offer = $api.useMutation(
    "post",
    "/api/v1/work-orders/{id}/offer",
    useAfterCommand(order.id, () => void message.success(t("dispatch.offered"))),
  );
  const fit = candidates.data?.items.filter((c) => c.fits) ?? [];
  const others = candidates.data?.items.filter((c) => !c.fits) ?? [];
  const chosen = candidates.data?.items.find((c) => c.engineer.id === engineer);

  const choose = (candidate: Candidate) => {
    setEngineer(candidate.engineer.id);
    if (!candidate.slot) return;
    setPlanned(candidate.slot);
  };
  const shift = (minutes: number) => planned && setPlanned(moved(planned, minutes));
  const send = () => planned && offer.mutate({ params: { path: { id: order.id } }, body: { version: order.version, engineer_id: engineer ?? null, planned, promised: promised ?? null, reason: reason.trim() || null, off_shift: (verdict?.off_shift && code) || null } });
  useKeys({ m: () => fit[0] && choose(fit[0]), ArrowLeft: () => shift(-15), ArrowRight: () => shift(15) });

  const verdict = useVerdict(order.id, engineer && planned ? { engineer, from: planned.from } : null).data;
  // Nobody said another window: the house promises one, within the deadline where it can.
  const told = promised ?? verdict?.promised ?? undefined;
  const late = planned && promised ? Math.round((Date.parse(planned.from) - Date.parse(promised.to)) / 60_000) : 0;
  const who = (
    <>
      {candidates.isPending && <BlockLoading lines={5} />}
      {candidates.error && <ProblemLine problem={candidates.error} onRetry={() => void candidates.refetch()} />}
      {candidates.data && fit.length === 0 && <p className="lead">{t("dispatch.nobody_fits")}</p>}
      <Radio.Group className={css.candidates} value={engineer} onChange={(event) => candidates.data?.items.filter((c) => c.engineer.id === event.target.value).forEach(choose)} aria-label={t("dispatch.who_could", { count: fit.length })}>
        {fit.filter((candidate, i) => i < 8 || candidate.engineer.id === engineer).map((candidate) => (
          <Radio key={candidate.engineer.id} value={candidate.engineer.id} className={css.candidate}>
            <span className={css.candidateName}>
              {candidate.engineer.name}
              <span className="meta num">
                {candidate.slot && f.span(candidate.slot.from, candidate.slot.to)} · {t("dispatch.load_today", { count: candidate.load_today })}
              </span>
            </span>
            <span className="meta">{candidate.why.map(pick).join(t("dispatch.join"))}</span>
          </Radio>
        ))}
      </Radio.Group>
      <WhoCannot candidates={others} />
    </>
  );
  const question = chosen && (
    <div className={css.form}>
      <SpanField label={t("fact.planned")} day={planned ? isoDay(new Date(planned.from)) : date} value={planned} onChange={setPlanned} />
      <SpanField label={t("fact.promised")} day={told ? isoDay(new Date(told.from)) : date} value={told} onChange={setPromised} />
      {verdict && verdict.against.length > 0 && (
        <ul className={css.why} role="status" data-testid="against">
          {verdict.against.map((line) => (
            <li key={line.en}>{pick(line)}</li>
          ))}
        </ul>
      )}
      {late > 0 && !verdict?.breaks_promise && <p role="alert">{t("dispatch.late", { length: f.length(late * 60) })}</p>}
      {verdict?.off_shift &&
        (may("dispatch.off_shift") ? (
          <>
            <label htmlFor="offer-off-shift">{t("dispatch.off_shift_code")}</label>
            <Select id="offer-off-shift" {...(code && { value: code })} onChange={setCode} placeholder={t("dispatch.off_shift_pick")} options={offShifts.map((value) => ({ value, label: t(`off_shift.${value}`) }))} />
          </>
        ) : (
          <p role="alert">{t("dispatch.off_shift_ask")}</p>
        ))}
      <label htmlFor="offer-reason">{t("dispatch.reason")}</label>
      <Input id="offer-reason" value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} placeholder={t("dispatch.reason_hint")} />
      {offer.error && <ProblemLine problem={offer.error} />}
      <div className={css.actions}>
        <Button type="primary" disabled={!planned || verdict?.allowed === false || (verdict?.needs_reason === true && !reason.trim()) || (verdict?.off_shift === true && !(may("dispatch.off_shift") && code))} loading={offer.isPending} onClick={send} data-testid="offer-send">
          {t("dispatch.offer_to", { name: chosen.engineer.name })}
        </Button>
      </div>
    </div>
  );
  // Who has dropped it on somebody is asked about that first; everybody else stands behind.
  if (dropped) {
    return (
      <section className={css.part}>
        <h3>{chosen ? t("dispatch.dropped_on", { name: chosen.engineer.name }) : t("dispatch.who_could", { count: fit.length })}</h3>
        {question}
        {chosen ? (
          <details className={css.fold}>
            <summary>{t("dispatch.somebody_else", { count: fit.length })}</summary>
            {who}
          </details>
        ) : (
          who
        )}
      </section>
    );
  }
  return (
    <section className={css.part}>
      <h3>{t("dispatch.who_could", { count: fit.length })}</h3>
      {who}
      {question}
    </section>
  );
}
