import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useCandidates, useSuggestions, type Page } from "./data";
import { WhoCannot } from "./WhoCannot";
import css from "./dispatch.module.css";

/** Why this engineer: what spoke for them, what the next best would cost, and the rule that kept out everybody else. */
export function WhyModal({ page, date, onClose }: { page: Page; date: string; onClose: () => void }) {
  const { t, f, pick } = useWords();
  const { order, offers } = page;
  const candidates = useCandidates(order.id, true);
  const prices = useSuggestions(order.id, date);
  const last = offers.at(-1);
  const taken = last && order.state !== "open" ? last : null;
  const fit = (candidates.data?.items ?? []).filter((c) => c.fits);
  const others = (candidates.data?.items ?? []).filter((c) => !c.fits);
  return (
    <Dialog open title={taken ? t("dispatch.why_them", { name: taken.engineer.name }) : t("dispatch.why_nobody", { number: order.number })} footer={null} onCancel={onClose} width={640} destroyOnHidden>
      {taken && (
        <ul className={css.why} data-testid="why-taken">
          {taken.why.map((line) => (
            <li key={line.en}>{pick(line)}</li>
          ))}
        </ul>
      )}
      <h3>{t("dispatch.why_prices")}</h3>
      {prices.isPending && <BlockLoading lines={3} />}
      {prices.error && <ProblemLine problem={prices.error} onRetry={() => void prices.refetch()} />}
      {prices.data?.items.length === 0 && <p>{t(fit.length > 0 ? "dispatch.no_slot" : "dispatch.nobody_fits")}</p>}
      <ol className={css.why}>
        {prices.data?.items.map((row) => (
          <li key={row.engineer.id}>
            {row.engineer.name} <span className="num">{f.span(row.planned.from, row.planned.to)}</span> <span className="num">{t("dispatch.adds", { cost: f.money(row.extra_fen) })}</span>
            {row.late_minutes > 0 && <span className="num"> {t("dispatch.late_by", { length: f.length(row.late_minutes * 60) })}</span>}
            <div className="meta">{row.why.map(pick).join(t("dispatch.join"))}</div>
          </li>
        ))}
      </ol>
      {candidates.isPending && <BlockLoading lines={3} />}
      {candidates.error && <ProblemLine problem={candidates.error} onRetry={() => void candidates.refetch()} />}
      {candidates.data && <p className="meta">{t("dispatch.why_counts", { fit: fit.length, others: others.length })}</p>}
      <WhoCannot candidates={others} />
    </Dialog>
  );
}
