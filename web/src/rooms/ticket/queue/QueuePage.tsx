import { AppstoreOutlined, BarsOutlined, PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import type { ClockKind, TicketRow } from "@api";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { DataList } from "@ground/list/DataList";
import { Kbd } from "@ground/parts/Kbd";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SearchField } from "@ground/parts/SearchField";
import { SidePanel } from "@ground/parts/SidePanel";
import { useSession } from "@ground/session/Session";
import { useNarrow } from "@ground/shell/useNarrow";
import { ClockDrawer } from "@rooms/clock/ClockDrawer";
import { useCount, useCounts, useListed } from "../data";
import { Kanban } from "../kanban/Kanban";
import { isNarrowed, queueSearch, type QueueSearch } from "../search";
import { BulkBar } from "./BulkBar";
import { BulkModal, type Deed } from "./BulkModal";
import type { Which } from "./bulk";
import { ColumnsMenu } from "./ColumnsMenu";
import { QueueCard, shownInPeek, useChosenColumns, useColumns } from "./columns";
import { ExportButton } from "./ExportButton";
import { FilterBar } from "./FilterBar";
import { Peek } from "./Peek";
import css from "./queue.module.css";
import { Views } from "./Views";

const route = getRouteApi("/shell/tickets");
const idOf = (row: TicketRow) => row.id;
const none: ReadonlySet<string> = new Set();

/** The desk: what runs out soonest stands top left. */
export function QueuePage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const narrow = useNarrow();
  const search = route.useSearch();
  const { view = "open", q } = search;
  const kanban = search.layout === "kanban" && !q;
  const navigate = useNavigate();
  const counts = useCounts();
  const count = useCount(search, !q && view !== "closed");
  const { queue, list, rows } = useListed(search);
  const total = count.data?.count ?? null;

  const [picked, setPicked] = useState(none);
  const [all, setAll] = useState(false);
  const [deed, setDeed] = useState<{ deed: Deed; which: Which; count: number } | null>(null);
  const [peeked, setPeeked] = useState<string>();
  const [clock, setClock] = useState<{ ticket: string; kind: ClockKind } | null>(null);
  const [keys, setColumns] = useChosenColumns(search, (columns) => show({ ...search, columns }, true));
  const columns = useColumns(keys, search, (row, kind) => setClock({ ticket: row.id, kind })).filter((column) => !peeked || !shownInPeek.has(column.key));
  const chosen = useMemo(() => rows.filter((row) => picked.has(row.id)).map(idOf), [rows, picked]);

  const unpick = () => {
    setPicked(none);
    setAll(false);
  };
  const show = (next: QueueSearch, keep = false) => {
    if (!keep) {
      unpick();
      setPeeked(undefined);
    }
    void navigate({ to: "/tickets", search: queueSearch(next), replace: true });
  };
  const open = (row: TicketRow) => void navigate({ to: "/tickets/$id", params: { id: row.id }, search });
  const fresh = () => void navigate({ to: "/tickets/new" });
  const mayOpen = may("ticket.open");
  const mayBulk = may("ticket.bulk");
  useKeys(mayOpen ? { c: fresh } : {});

  const start = (what: Deed, row?: TicketRow) => {
    if (all) setDeed({ deed: what, which: { all: search }, count: total ?? chosen.length });
    else if (chosen.length > 0) setDeed({ deed: what, which: { ids: chosen }, count: chosen.length });
    else if (row) setDeed({ deed: what, which: { ids: [row.id] }, count: 1 });
  };
  const deedKeys = (row: TicketRow | undefined) => ({
    ...(may("ticket.assign") && { a: () => start("assign", row), e: () => start("claim", row) }),
    ...(may("ticket.work") && { p: () => start("priority", row), s: () => start("state", row) }),
    ...(picked.size > 0 && { Escape: unpick }),
  });

  return (
    <div className={css.page}>
      <Views search={search} counts={counts.data} onSearch={(next) => show(next)} />
      <section className={css.main}>
        <header className={css.head}>
          <h1>
            {q ? t("queue.found", { q }) : t(`queue.view.${view}`)} {!q && total !== null && <span className={css.count}>{f.number(total)}</span>}
          </h1>
          <SearchField q={q} onSearch={(next) => show(next ? { q: next } : {})} hint={t("queue.search")} testId="ticket-search" />
          {!q && (
            <Segmented
              size="small"
              value={kanban ? "kanban" : "list"}
              onChange={(layout) => {
                const { layout: _, ...rest } = search;
                show(layout === "kanban" ? { ...rest, layout: "kanban" } : rest);
              }}
              options={[
                { value: "list", icon: <BarsOutlined />, label: narrow ? undefined : t("layout.list"), title: t("layout.list") },
                { value: "kanban", icon: <AppstoreOutlined />, label: narrow ? undefined : t("layout.kanban"), title: t("layout.kanban") },
              ]}
              data-testid="layout"
            />
          )}
          {mayOpen && (
            <Button type="primary" icon={<PlusOutlined />} onClick={fresh} data-testid="ticket-new">
              {t("queue.new")} <Kbd>C</Kbd>
            </Button>
          )}
        </header>
        {!q && (
          <div className={css.tools}>
            <FilterBar search={search} onSearch={(next) => show(next)} />
            {!kanban && !narrow && <ColumnsMenu shown={keys} onColumns={setColumns} />}
            {may("export.read") && <ExportButton search={search} />}
          </div>
        )}
        {picked.size > 0 && !kanban && <BulkBar count={chosen.length} total={q ? null : total} all={all} onAll={() => setAll(true)} onDeed={start} onEnd={unpick} />}
        {kanban ? (
          <Kanban search={search} onPeek={(id) => setPeeked(peeked === id ? undefined : id)} openId={peeked} />
        ) : list.isPending ? (
          <RowsLoading rows={20} />
        ) : list.error ? (
          <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          q || isNarrowed(search) ? (
            <Nothing kind="no_match" title={q ? t("queue.no_match", { q }) : t("filter.no_match")} next={q ? t("queue.no_match_next") : t("filter.no_match_next")}>
              <Button onClick={() => show(q ? {} : { view })}>{t(q ? "queue.clear" : "filter.clear")}</Button>
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
            {...(mayBulk && {
              picked: {
                ids: picked,
                set: (ids) => {
                  setAll(false);
                  setPicked(ids);
                },
              },
              keys: deedKeys,
            })}
            {...(!q && { more: { has: queue.hasNextPage, loading: queue.isFetchingNextPage, load: () => void queue.fetchNextPage() } })}
          />
        )}
      </section>
      <SidePanel open={peeked !== undefined} title={t("queue.peek")} onClose={() => setPeeked(undefined)}>
        {peeked && <Peek id={peeked} search={search} />}
      </SidePanel>
      {deed && (
        <BulkModal
          {...deed}
          onClose={() => setDeed(null)}
          onDone={() => {
            setDeed(null);
            unpick();
          }}
        />
      )}
      <ClockDrawer ticket={clock?.ticket ?? null} kind={clock?.kind ?? "resolution"} onKind={(kind) => setClock(clock && { ...clock, kind })} onClose={() => setClock(null)} />
    </div>
  );
}
