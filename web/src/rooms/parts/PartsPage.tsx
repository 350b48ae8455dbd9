import { ImportOutlined, PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Tag } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Column } from "@ground/list/DataList";
import { SearchList } from "@ground/list/SearchList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ExportButton } from "@ground/parts/ExportButton";
import { useSession } from "@ground/session/Session";
import { usePartNames } from "@rooms/visit/usePartNames";
import { PartDialog } from "./PartDialog";
import css from "./parts.module.css";

type Row = Schema<"CataloguePart">;

const route = getRouteApi("/shell/parts");
const idOf = (row: Row) => row.id;

/** The catalogue of parts: what can be bought and put in, by the number printed on it. */
export function PartsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const kind = usePartNames();
  const [open, setOpen] = useState<Row | "new" | null>(null);
  const search = (next: string) => void navigate({ to: "/parts", search: next ? { q: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/parts", { params: { query: { limit: 50, ...(q && { q }) } } }, keyset);
  const models = (row: Row) => (row.models?.length ? row.models.join(t("field.list_join")) : t("part.models_all"));
  const name = (row: Row) => (
    <>
      {row.name} {row.off && <Tag>{t("part.off_short")}</Tag>}
    </>
  );
  const columns: Column<Row>[] = [
    { key: "number", title: t("part.number"), width: "168px", render: (row) => <span className={css.number}>{row.number}</span> },
    { key: "name", title: t("part.name"), width: "minmax(140px, 1.2fr)", render: name },
    { key: "kind", title: t("part.kind"), width: "120px", render: (row) => kind(row.kind) },
    { key: "models", title: t("part.models"), width: "minmax(140px, 1.2fr)", render: models },
    { key: "price", title: t("part.price_short"), width: "104px", align: "end", render: (row) => <span className="num">{f.money(row.price_fen)}</span> },
    { key: "unit", title: t("part.unit"), width: "64px", render: (row) => row.unit },
    { key: "serials", title: t("part.serialised_short"), width: "80px", render: (row) => (row.serialised ? t("part.yes") : "—") },
    { key: "min", title: t("part.min_stock"), width: "88px", align: "end", render: (row) => row.min_stock || "—" },
  ];
  return (
    <>
      <SearchList
        title={t("part.title")}
        list={list}
        rows={useRows<Row>(list)}
        id={idOf}
        columns={columns}
        onOpen={(row) => may("part.manage") && setOpen(row)}
        search={{ q, onSearch: search, hint: t("part.search"), testId: "part-search" }}
        empty={{ title: t("part.empty"), next: t("part.empty_next"), noMatch: t("part.no_match_next") }}
        tools={
          <>
            <ExportButton list="parts" filter={{ q }} />
            {may("import.run") && may("part.manage") && (
              <Button icon={<ImportOutlined />} onClick={() => void navigate({ to: "/imports", search: { kind: "parts" } })}>
                {t("import.short")}
              </Button>
            )}
            {may("part.manage") && (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen("new")} data-testid="part-new">
                {t("part.new")}
              </Button>
            )}
          </>
        }
        card={(row) => (
          <>
            <div className={css.line}>
              <span>{name(row)}</span>
              <span className="num">{f.money(row.price_fen)}</span>
            </div>
            <div className={css.number}>{row.number}</div>
            <div className="meta">{`${kind(row.kind)} · ${models(row)}`}</div>
          </>
        )}
      />
      {open && <PartDialog part={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </>
  );
}
