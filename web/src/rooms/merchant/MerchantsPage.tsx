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
import css from "./merchant.module.css";

type Row = Schema<"MerchantRow">;

const route = getRouteApi("/shell/merchants");
const idOf = (row: Row) => row.id;

/** Merchants by name; found by name, number, serial or phone. */
export function MerchantsPage() {
  const { t, f } = useWords();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const search = (next: string) => void navigate({ to: "/merchants", search: next ? { q: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/merchants", { params: { query: { limit: 50, ...(q && { q }) } } }, keyset);
  const rows = useRows<Row>(list);
  const columns: Column<Row>[] = [
    {
      key: "name",
      title: t("merchant.name"),
      width: "minmax(180px, 1.4fr)",
      render: (row) => (
        <Link to="/merchants/$id" params={{ id: row.id }} tabIndex={-1} className={css.link} onClick={(event) => event.stopPropagation()}>
          {row.name}
        </Link>
      ),
    },
    { key: "tier", title: t("merchant.tier"), width: "72px", render: (row) => t(`tier.${row.tier}`) },
    { key: "industry", title: t("merchant.industry"), width: "104px", render: (row) => row.industry },
    { key: "district", title: t("merchant.district"), width: "96px", render: (row) => row.district ?? "—" },
    { key: "mid", title: t("fact.mid"), width: "152px", render: (row) => <span className={css.mono}>{row.mid}</span> },
    { key: "acquirer", title: t("fact.acquirer"), width: "minmax(120px, 1fr)", render: (row) => row.acquirer.name },
    { key: "stores", title: t("merchant.stores"), width: "56px", align: "end", render: (row) => f.number(row.stores) },
    { key: "terminals", title: t("merchant.terminals"), width: "72px", align: "end", render: (row) => f.number(row.terminals) },
    { key: "open", title: t("merchant.open"), width: "88px", align: "end", render: (row) => (row.open_tickets > 0 ? <strong>{f.number(row.open_tickets)}</strong> : "—") },
  ];
  return (
    <ListPage title={t("merchant.title")} tools={<SearchField q={q} onSearch={search} hint={t("merchant.search")} testId="merchant-search" />}>
      {list.isPending ? (
        <RowsLoading rows={20} />
      ) : list.error ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        q ? (
          <Nothing kind="no_match" title={t("queue.no_match", { q })} next={t("merchant.no_match_next")}>
            <Button onClick={() => search("")}>{t("queue.clear")}</Button>
          </Nothing>
        ) : (
          <Nothing kind="empty" title={t("merchant.empty")} next={t("merchant.empty_next")} />
        )
      ) : (
        <DataList
          key={q ?? ""}
          label={t("merchant.title")}
          rows={rows}
          id={idOf}
          columns={columns}
          onOpen={(row) => void navigate({ to: "/merchants/$id", params: { id: row.id } })}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
          card={(row) => (
            <>
              <div className={css.cardTitle}>{row.name}</div>
              <div className="meta">{[t(`tier.${row.tier}`), row.industry, row.district].filter(Boolean).join(" · ")}</div>
              <div className="meta">{t("fact.merchant_counts", { open: row.open_tickets, terminals: row.terminals })}</div>
            </>
          )}
        />
      )}
    </ListPage>
  );
}
