import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { PriorityLabel } from "@ground/labels/Labels";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useTicket } from "../data";
import { Owner, StateLabel } from "../labels";
import { NextStep } from "../page/NextStep";
import { Line } from "../page/Line";
import type { QueueSearch } from "../search";
import css from "./queue.module.css";

/** Lines shown at a glance. */
const LAST = 6;

/** A ticket at a glance, without leaving the list: clocks, who, the last words, the next step. */
export function Peek({ id, search }: { id: string; search: QueueSearch }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const ticket = useTicket(id);
  const lines = ticket.data?.lines ?? 0;
  const timeline = $api.useQuery(
    "get",
    "/api/v1/tickets/{id}/timeline",
    { params: { path: { id }, query: { after: Math.max(0, lines - LAST), limit: LAST } } },
    { enabled: ticket.data !== undefined },
  );
  if (ticket.isPending) return <BlockLoading lines={10} />;
  if (ticket.error) return <ProblemPage problem={ticket.error} onRetry={() => void ticket.refetch()} />;
  const page = ticket.data;
  const it = page.ticket;
  return (
    <article className={css.peek}>
      <header>
        <div className={css.peekTop}>
          <CopyNumber value={it.number} />
          <StateLabel {...it} />
          <PriorityLabel priority={it.priority} />
          <Owner ticket={it} />
        </div>
        <h3>{it.subject}</h3>
        <p className={css.quiet}>{[it.store_name ?? it.merchant_name, it.terminal_model, it.terminal_serial].filter(Boolean).join(" · ")}</p>
        <div className={css.peekTop}>
          {it.response && <ClockBadge clock={it.response} named />}
          {it.resolution && <ClockBadge clock={it.resolution} named />}
        </div>
      </header>
      <NextStep page={page} />
      <section>
        {timeline.isPending ? <BlockLoading /> : timeline.data?.items.map((line) => <Line key={line.id} line={line} />)}
        {timeline.error && <ProblemPage problem={timeline.error} onRetry={() => void timeline.refetch()} />}
      </section>
      <footer>
        <Button onClick={() => void navigate({ to: "/tickets/$id", params: { id }, search })}>{t("queue.open_ticket")}</Button>{" "}
        <Link to="/tickets/$id" params={{ id }} target="_blank">
          {t("queue.new_tab")}
        </Link>
      </footer>
    </article>
  );
}
