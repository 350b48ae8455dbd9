import { Link } from "@tanstack/react-router";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { OrderStateLabel } from "@ground/labels/Labels";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useNow } from "@ground/time/useNow";
import { DAYS_TO_BRING, useReturnWords } from "@rooms/parts/returns";
import { agenda } from "./agenda";
import css from "./field.module.css";
import { NextJob } from "./NextJob";
import { OfferCard } from "./OfferCard";
import { isOver } from "./stage";
import { useTaps } from "./outbox";
import { useMine } from "./useMine";

type Row = Schema<"WorkOrderRow">;

/** The day: what waits for an answer, the next job whole, later ones a line each. */
export function TodayPage() {
  const { t, f } = useWords();
  const now = new Date(useNow());
  const list = useMine(now);
  const taps = [...new Set(useTaps().map((tap) => tap.order))];
  if (list.isPending) return <RowsLoading rows={6} height={76} />;
  if (list.error) return <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />;

  const { offers, next, today, later, finished, calledOff } = agenda(list.data.items, now);
  const left = today.length + (next ? 1 : 0);
  return (
    <main className={css.page} data-foot={next ? true : undefined}>
      <header className={css.head}>
        <h1>{f.date(now)}</h1>
        <p className="meta">{t("field.day_count", { left, finished: finished.length })}</p>
        {taps.map((order) => (
          <p key={order} className={css.hint}>
            <Link to="/field/orders/$id" params={{ id: order }}>
              {t("field.taps")}
            </Link>
          </p>
        ))}
      </header>
      {next && (
        <section aria-label={t("field.now")}>
          <h2 className={css.section}>{t("field.now")}</h2>
          <NextJob key={next.id} row={next} />
        </section>
      )}
      {offers.length > 0 && (
        <section aria-label={t("field.offers", { count: offers.length })}>
          <h2 className={css.section}>{t("field.offers", { count: offers.length })}</h2>
          {offers.map((row) => (
            <OfferCard key={row.id} row={row} />
          ))}
        </section>
      )}
      <Lines title={t("field.today_later")} rows={today} />
      <Lines title={t("field.later_days")} rows={later} dated />
      <Lines title={t("field.called_off")} rows={calledOff} dated />
      <Lines title={t("field.finished")} rows={finished} />
      <ToBring />
      {offers.length === 0 && !next && later.length === 0 && <Nothing kind="empty" title={t("field.nothing")} next={t("field.nothing_next")} />}
    </main>
  );
}

function Lines({ title, rows, dated = false }: { title: string; rows: readonly Row[]; dated?: boolean }) {
  const { t, f } = useWords();
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className={css.section}>{title}</h2>
      <ul className={css.lines}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to="/field/orders/$id" params={{ id: row.id }} className={css.line}>
              <span className="num">{row.planned && (dated ? f.moment(row.planned.from) : f.clock(row.planned.from))}</span>
              <span className={css.lineWords}>
                <span>{row.store_name || row.merchant_name}</span>
                <span className="meta">
                  {t(`order_kind.${row.kind}`)} · {row.district}
                </span>
              </span>
              {row.clock && !isOver(row.state) ? <ClockBadge clock={row.clock} /> : <OrderStateLabel state={row.state} />}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was taken out at shops and goes to the storekeeper. */
function ToBring() {
  const { t, f } = useWords();
  const { what } = useReturnWords();
  const list = $api.useQuery("get", "/api/v1/part-returns", { params: { query: { limit: 50 } } }, { refetchInterval: LOOK_EVERY });
  const rows = list.data?.items ?? [];
  if (rows.length === 0) return null;
  const title = t("return.field", { count: f.number(rows.length) });
  return (
    <section aria-label={title} data-testid="to-bring">
      <h2 className={css.section}>
        {title} <span className="meta">{t("return.field_hint")}</span>
      </h2>
      <ul className={css.lines}>
        {rows.map((row) => (
          <li key={row.id} className={css.line}>
            <span className="num">{row.tag}</span>
            <span className={css.lineWords}>
              <span>{what(row)}</span>
              <span className="meta">{row.serial_no ?? t("return.no_serial")}</span>
            </span>
            <span className="meta num">{row.late ? t("return.late", { days: f.number(DAYS_TO_BRING) }) : f.moment(row.made_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
