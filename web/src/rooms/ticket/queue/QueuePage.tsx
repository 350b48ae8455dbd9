import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useMemo, useState } from "react";
import type { ClockKind, TicketRow } from "@api";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { DataList } from "@ground/list/DataList";
import { useRows } from "@ground/list/useKeyset";
import { Kbd } from "@ground/parts/Kbd";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SearchField } from "@ground/parts/SearchField";
import { SidePanel } from "@ground/parts/SidePanel";
import { useSession } from "@ground/session/Session";
import { ClockDrawer } from "@rooms/clock/ClockDrawer";
import { useCounts, useQueue, useSearch } from "../data";
import type { QueueSearch } from "../room";
import { countOf } from "../views";
import { BulkBar } from "./BulkBar";
import { Peek } from "./Peek";
import { QueueCard, shownInPeek, useColumns } from "./columns";
import css from "./queue.module.css";
import { Views } from "./Views";

const route = getRouteApi("/shell/tickets");
const idOf = (row: TicketRow) => row.id;
const none: ReadonlySet<string> = new Set();
const nobody: TicketRow[] = [];

/** The desk: what runs out soonest stands top left. */
export function QueuePage() {
  const { t } = useWords();
  const { may } = useSession();
  const search = route.useSearch();
  const { view = "open", q } = search;
  const navigate = useNavigate();
  const counts = useCounts();
  const queue = useQueue(view, !q);
  const found = useSearch(q ?? "");
  const list = q ? found : queue;
  const queued = useRows<TicketRow>(queue);
  const rows = q ? (found.data?.items ?? nobody) : queued;

  const [picked, setPicked] = useState(none);
  const [peeked, setPeeked] = useState<string>();
  const [clock, setClock] = useState<{ ticket: string; kind: ClockKind } | null>(null);
  const explain = (row: TicketRow, kind: ClockKind) => setClock({ ticket: row.id, kind });
  const all = useColumns(search, explain);
  const columns = peeked ? all.filter((column) => !shownInPeek.has(column.key)) : all;
  const chosen = useMemo(() => rows.filter((row) => picked.has(row.id)), [rows, picked]);

  const show = (next: QueueSearch) => {
    setPicked(none);
    setPeeked(undefined);
    void navigate({ to: "/tickets", search: next, replace: true });
  };
  const open = (row: TicketRow) => void navigate({ to: "/tickets/$id", params: { id: row.id }, search });
  const fresh = () => void navigate({ to: "/tickets/new" });
  const mayOpen = may("ticket.open");
  useKeys(mayOpen ? { c: fresh } : {});

  const count = q ? undefined : countOf(counts.data, view);
  return (
    <div className={css.page}>
      <Views view={q ? undefined : view} counts={counts.data} onView={(next) => show(next === "open" ? {} : { view: next })} />
      <section className={css.main}>
        <header className={css.head}>
          <h1>
            {q ? t("queue.found", { q }) : t(`queue.view.${view}`)} {count !== undefined && <span className={css.count}>{count}</span>}
          </h1>
          <SearchField q={q} onSearch={(next) => show(next ? { q: next } : {})} hint={t("queue.search")} testId="ticket-search" />
          {mayOpen && (
            <Button type="primary" icon={<PlusOutlined />} onClick={fresh} data-testid="ticket-new">
              {t("queue.new")} <Kbd>C</Kbd>
            </Button>
          )}
        </header>
        {picked.size > 0 && <BulkBar rows={chosen} onEnd={() => setPicked(none)} />}
        {list.isPending ? (
          <RowsLoading rows={20} />
        ) : list.error ? (
          <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          q ? (
            <Nothing kind="no_match" title={t("queue.no_match", { q })} next={t("queue.no_match_next")}>
              <Button onClick={() => show({})}>{t("queue.clear")}</Button>
            </Nothing>
          ) : (
            <Nothing kind="empty" title={t(`queue.empty.${view}`)} next={t("queue.empty_next")} />
          )
        ) : (
          <DataList
            key={q ?? view}
            label={t("ticket.title")}
            rows={rows}
            id={idOf}
            columns={columns}
            card={(row) => <QueueCard row={row} />}
            cardHeight={92}
            onOpen={open}
            onPeek={(row) => setPeeked(peeked === row.id ? undefined : row.id)}
            openId={peeked}
            {...(may("ticket.assign") && { picked: { ids: picked, set: setPicked } })}
            {...(!q && { more: { has: queue.hasNextPage, loading: queue.isFetchingNextPage, load: () => void queue.fetchNextPage() } })}
          />
        )}
      </section>
      <SidePanel open={peeked !== undefined} title={t("queue.peek")} onClose={() => setPeeked(undefined)}>
        {peeked && <Peek id={peeked} search={search} />}
      </SidePanel>
      <ClockDrawer ticket={clock?.ticket ?? null} kind={clock?.kind ?? "resolution"} onKind={(kind) => setClock(clock && { ...clock, kind })} onClose={() => setClock(null)} />
    </div>
  );
}
