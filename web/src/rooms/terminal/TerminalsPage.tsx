import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { DataList, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SearchField } from "@ground/parts/SearchField";
import css from "./terminal.module.css";

type Row = Schema<"TerminalRow">;

const route = getRouteApi("/shell/terminals");
const idOf = (row: Row) => row.id;

/** Terminals by serial; each stands in one place. */
export function TerminalsPage() {
  const { t, f } = useWords();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const search = (next: string) => void navigate({ to: "/terminals", search: next ? { q: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/terminals", { params: { query: { limit: 50, ...(q && { q }) } } }, keyset);
  const rows = useRows<Row>(list);
  const columns: Column<Row>[] = [
    {
      key: "serial",
      title: t("fact.serial"),
      width: "152px",
      render: (row) => (
        <Link to="/terminals/$id" params={{ id: row.id }} tabIndex={-1} className={css.serial} onClick={(event) => event.stopPropagation()}>
          {row.serial_no}
        </Link>
      ),
    },
    { key: "model", title: t("fact.model"), width: "minmax(140px, 0.8fr)", render: (row) => `${row.vendor} ${row.model}` },
    { key: "version", title: t("fact.version"), width: "112px", render: (row) => `${row.batch} · ${row.firmware}` },
    { key: "place", title: t("terminal.place"), width: "minmax(180px, 1.4fr)", render: (row) => row.place?.store_name ?? t("terminal.nowhere") },
    { key: "tid", title: t("fact.tid"), width: "96px", render: (row) => row.place?.tid ?? "—" },
    { key: "heard", title: t("fact.heard"), width: "176px", render: (row) => (row.offline_since ? t("fact.offline_since", { at: f.moment(row.offline_since) }) : t("fact.online")) },
    {
      key: "cover",
      title: t("merchant.covered"),
      width: "144px",
      render: (row) => (row.covered_until ? t(row.in_warranty ? "merchant.covered_until" : "merchant.ended_on", { day: row.covered_until }) : "—"),
    },
    { key: "open", title: t("merchant.open"), width: "72px", align: "end", render: (row) => (row.open_tickets > 0 ? <strong>{row.open_tickets}</strong> : "—") },
  ];
  return (
    <ListPage title={t("terminal.title")} tools={<SearchField q={q} onSearch={search} hint={t("terminal.search")} testId="terminal-search" />}>
      {list.isPending ? (
        <RowsLoading rows={20} />
      ) : list.error ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        q ? (
          <Nothing kind="no_match" title={t("queue.no_match", { q })} next={t("terminal.no_match_next")}>
            <Button onClick={() => search("")}>{t("queue.clear")}</Button>
          </Nothing>
        ) : (
          <Nothing kind="empty" title={t("terminal.empty")} next={t("terminal.empty_next")} />
        )
      ) : (
        <DataList
          key={q ?? ""}
          label={t("terminal.title")}
          rows={rows}
          id={idOf}
          columns={columns}
          onOpen={(row) => void navigate({ to: "/terminals/$id", params: { id: row.id } })}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
          card={(row) => (
            <>
              <div className={css.serial}>{row.serial_no}</div>
              <div className="meta">{`${row.vendor} ${row.model}`}</div>
              <div className="meta">{row.place?.store_name ?? t("terminal.nowhere")}</div>
            </>
          )}
        />
      )}
    </ListPage>
  );
}
