import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { ClockKind, TicketRow } from "@api";
import { $api } from "@ground/api/query";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { DataList } from "@ground/list/DataList";
import { Kbd } from "@ground/parts/Kbd";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useNow } from "@ground/time/useNow";
import { ClockDrawer } from "@rooms/clock/ClockDrawer";
import { QueueCard } from "@rooms/ticket/queue/columns";
import { Calm } from "./Calm";
import { Holders } from "./Holders";
import css from "./risk.module.css";
import { names, rowsOf, type Tile } from "./tiles";
import { useRiskColumns, useAcknowledge } from "./useRisk";

const route = getRouteApi("/shell/risks");
const idOf = (row: TicketRow) => row.id;
/** Older than this the wall says so. */
const STALE = 60_000;
const nobody: TicketRow[] = [];

/** What will hurt first: late or due within the hour, who holds it, and the two things a supervisor does about it. */
export function RiskPage() {
  const { t, f } = useWords();
  const { tile = "all" } = route.useSearch();
  const navigate = useNavigate();
  const now = useNow();
  const [clock, setClock] = useState<{ ticket: string; kind: ClockKind } | null>(null);
  const list = $api.useQuery("get", "/api/v1/tickets", { params: { query: { view: "due_soon", limit: 200 } } }, { refetchInterval: 10_000 });
  const passed = $api.useQuery("get", "/api/v1/tickets", { params: { query: { view: "passed_around", limit: 200 } } }, { refetchInterval: 10_000 });
  // Each ticket once: what is both late and passed around is one trouble.
  const all = useMemo(() => {
    const due = list.data?.items ?? nobody;
    const known = new Set(due.map(idOf));
    return [...due, ...(passed.data?.items ?? nobody).filter((row) => !known.has(row.id))];
  }, [list.data, passed.data]);
  const rows = rowsOf(tile, all, now);
  const choose = (next: Tile) => void navigate({ to: "/risks", search: next === "all" ? {} : { tile: next }, replace: true });
  const columns = useRiskColumns((row, kind) => setClock({ ticket: row.id, kind }));
  const acknowledge = useAcknowledge();

  const keys: KeyMap = {};
  names.forEach((name, i) => (keys[String(i + 1)] = () => choose(name)));
  useKeys(keys);
  const age = list.dataUpdatedAt > 0 ? now - list.dataUpdatedAt : 0;

  return (
    <ListPage title={t("risk.title")} tools={<span className="meta num">{list.dataUpdatedAt > 0 && t("risk.read_at", { at: f.clock(new Date(list.dataUpdatedAt)) })}</span>}>
      {age > STALE && (
        <p className={css.old} role="status">
          {t("risk.old", { at: f.clock(new Date(list.dataUpdatedAt)) })}
        </p>
      )}
      {list.isPending ? (
        <RowsLoading rows={16} />
      ) : list.error && !list.data ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <>
          <div className={css.tiles} role="group" aria-label={t("risk.tiles")} data-old={age > STALE || undefined}>
            {names.map((name, i) => (
              <button key={name} type="button" className={css.tile} aria-pressed={name === tile} onClick={() => choose(name)} data-testid={`tile-${name}`}>
                <span className={css.number}>{rowsOf(name, all, now).length}</span>
                <span>
                  {t(`risk.tile.${name}`)} <Kbd>{String(i + 1)}</Kbd>
                </span>
              </button>
            ))}
          </div>
          {all.length === 0 ? (
            <Calm />
          ) : (
            <div className={css.columns}>
              {rows.length === 0 ? (
                <Nothing kind="no_match" title={t("risk.none_of_these")} next={t("risk.none_next")} />
              ) : (
                <DataList
                  key={tile}
                  label={t("risk.title")}
                  rows={rows}
                  id={idOf}
                  columns={columns}
                  card={(row) => <QueueCard row={row} />}
                  cardHeight={92}
                  onOpen={(row) => void navigate({ to: "/tickets/$id", params: { id: row.id }, search: { view: "due_soon" } })}
                  keys={(row): KeyMap => (row && !row.claimed ? { e: () => acknowledge.run(row) } : {})}
                />
              )}
              <Holders rows={all} now={now} />
            </div>
          )}
        </>
      )}
      {acknowledge.notice}
      <ClockDrawer ticket={clock?.ticket ?? null} kind={clock?.kind ?? "resolution"} onKind={(kind) => setClock(clock && { ...clock, kind })} onClose={() => setClock(null)} />
    </ListPage>
  );
}
