import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Tag } from "antd";
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
import { usePartNames } from "@rooms/visit/usePartNames";
import { PartDialog } from "./PartDialog";
import css from "./parts.module.css";
import { StockDrawer } from "./StockDrawer";

type Row = Schema<"StockedPart">;

const route = getRouteApi("/shell/parts");
const idOf = (row: Row) => row.id;

/** The catalogue of parts, by the number printed on them, and how many pieces there are. */
export function PartsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const { q, low, open } = route.useSearch();
  const navigate = useNavigate();
  const kind = usePartNames();
  const [adding, setAdding] = useState(false);
  const narrow = (to: { q?: string; low?: true }) => void navigate({ to: "/parts", search: to, replace: true });
  const show = (id?: string) => void navigate({ to: "/parts", search: { ...(q && { q }), ...(low && { low }), ...(id && { open: id }) } });
  const list = $api.useInfiniteQuery("get", "/api/v1/parts", { params: { query: { limit: 50, ...(q && { q }), ...(low && { low }) } } }, keyset);
  const models = (row: Row) => (row.models?.length ? row.models.join(t("field.list_join")) : t("part.models_all"));
  const name = (row: Row) => (
    <>
      {row.name} {row.off && <Tag>{t("part.off_short")}</Tag>}
    </>
  );
  const inStore = (row: Row) => (
    <span className="num">
      {row.in_store < (row.min_stock ?? 0) && !row.off && <span className={css.low}>{t("stock.low_short")} </span>}
      {f.number(row.in_store)}
    </span>
  );
  const columns: Column<Row>[] = [
    { key: "number", title: t("part.number"), width: "168px", render: (row) => <span className={css.number}>{row.number}</span> },
    { key: "name", title: t("part.name"), width: "minmax(180px, 1.6fr)", render: name },
    { key: "kind", title: t("part.kind"), width: "120px", render: (row) => kind(row.kind) },
    { key: "models", title: t("part.models"), width: "minmax(140px, 1.2fr)", render: models },
    { key: "store", title: t("stock.in_store"), width: "112px", align: "end", render: (row) => inStore(row) },
    { key: "free", title: t("stock.free"), width: "88px", align: "end", render: (row) => <span className="num">{f.number(Math.max(0, row.in_store - row.reserved))}</span> },
    { key: "carried", title: t("stock.carried_short"), width: "88px", align: "end", render: (row) => <span className="num">{row.carried || "—"}</span> },
    { key: "min", title: t("part.min_stock"), width: "88px", align: "end", render: (row) => row.min_stock || "—" },
    { key: "price", title: t("part.price_short"), width: "104px", align: "end", render: (row) => <span className="num">{f.money(row.price_fen)}</span> },
    { key: "unit", title: t("part.unit"), width: "64px", render: (row) => row.unit },
  ];
  return (
    <>
      <SearchList
        title={t("part.title")}
        list={list}
        rows={useRows<Row>(list)}
        id={idOf}
        columns={columns}
        onOpen={(row) => show(row.id)}
        search={{ q, onSearch: (next) => narrow({ ...(next && { q: next }), ...(low && { low }) }), hint: t("part.search"), testId: "part-search" }}
        empty={{ title: t(low ? "part.low_none" : "part.empty"), next: t(low ? "part.low_none_next" : "part.empty_next"), noMatch: t("part.no_match_next") }}
        tools={
          <>
            <Checkbox checked={low ?? false} onChange={(event) => narrow({ ...(q && { q }), ...(event.target.checked && { low: true as const }) })} data-testid="part-low">
              {t("stock.only_low")}
            </Checkbox>
            <Button onClick={() => void navigate({ to: "/parts/requests" })} data-testid="part-requests">
              {t("request.title")}
            </Button>
            {may("return.read") && (
              <Button onClick={() => void navigate({ to: "/parts/returns" })} data-testid="part-returns">
                {t("return.title")}
              </Button>
            )}
            <ExportButton list="parts" filter={{ q, low: low && "true" }} />
            <ImportButton kind="parts" />
            {may("part.manage") && (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="part-new">
                {t("part.new")}
              </Button>
            )}
          </>
        }
        card={(row) => (
          <>
            <div className={css.line}>
              <span>{name(row)}</span>
              {inStore(row)}
            </div>
            <div className={css.number}>{row.number}</div>
            <div className="meta">{`${kind(row.kind)} · ${models(row)}`}</div>
          </>
        )}
      />
      {open && <StockDrawer id={open} onClose={() => show()} />}
      {adding && <PartDialog part={null} onClose={() => setAdding(false)} />}
    </>
  );
}
