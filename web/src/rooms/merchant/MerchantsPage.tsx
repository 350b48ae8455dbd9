import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Column } from "@ground/list/DataList";
import { SearchList } from "@ground/list/SearchList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ExportButton } from "@ground/parts/ExportButton";
import { useSession } from "@ground/session/Session";
import { ImportButton } from "@rooms/import/ImportButton";
import css from "./merchant.module.css";
import { MerchantDialog } from "./MerchantDialog";

type Row = Schema<"MerchantRow">;

const route = getRouteApi("/shell/merchants");
const idOf = (row: Row) => row.id;

/** Merchants by name; found by name, number, serial or phone. */
export function MerchantsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const search = (next: string) => void navigate({ to: "/merchants", search: next ? { q: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/merchants", { params: { query: { limit: 50, ...(q && { q }) } } }, keyset);
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
    <>
      <SearchList
        title={t("merchant.title")}
        list={list}
        rows={useRows<Row>(list)}
        id={idOf}
        columns={columns}
        onOpen={(row) => void navigate({ to: "/merchants/$id", params: { id: row.id } })}
        search={{ q, onSearch: search, hint: t("merchant.search"), testId: "merchant-search" }}
        empty={{ title: t("merchant.empty"), next: t("merchant.empty_next"), noMatch: t("merchant.no_match_next") }}
        tools={
          <>
            <ExportButton list="merchants" filter={{ q }} />
            <ImportButton kind="merchants" />
            {may("registry.edit") && (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)} data-testid="merchant-new">
                {t("merchant.new")}
              </Button>
            )}
          </>
        }
        card={(row) => (
          <>
            <div className={css.cardTitle}>{row.name}</div>
            <div className="meta">{[t(`tier.${row.tier}`), row.industry, row.district].filter(Boolean).join(" · ")}</div>
            <div className="meta">{t("fact.merchant_counts", { open: row.open_tickets, terminals: row.terminals })}</div>
          </>
        )}
      />
      {making && <MerchantDialog page={null} onClose={() => setMaking(false)} />}
    </>
  );
}
