import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { NewImport } from "./NewImport";

type Row = Schema<"ImportRow">;

const route = getRouteApi("/shell/imports");
const idOf = (row: Row) => row.id;

/** Files on their way in, newest first: one may leave while a file is worked off, and finds it here again. */
export function ImportsPage() {
  const { t, f } = useWords();
  const navigate = useNavigate();
  const { kind } = route.useSearch();
  const open = (next?: typeof kind) => void navigate({ to: "/imports", search: next ? { kind: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/imports", { params: { query: { limit: 50 } } }, { ...keyset, refetchInterval: 5_000 });
  const rows = useRows<Row>(list);
  const columns: Column<Row>[] = [
    { key: "at", title: t("import.at"), width: WHEN, render: (row) => <time dateTime={row.created_at} title={f.full(row.created_at)}>{f.moment(row.created_at)}</time> },
    { key: "kind", title: t("import.kind"), width: "88px", render: (row) => t(`import.kind.${row.kind}`) },
    { key: "file", title: t("import.file"), width: "minmax(160px, 1fr)", render: (row) => row.file_name },
    { key: "rows", title: t("import.rows"), width: "96px", align: "end", render: (row) => f.number(row.rows) },
    { key: "bad", title: t("import.bad"), width: "88px", align: "end", render: (row) => (row.bad > 0 ? f.number(row.bad) : "—") },
    { key: "state", title: t("import.state"), width: "minmax(144px, 200px)", render: (row) => t(`import.state.${row.state}`) },
  ];
  const start = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => open("merchants")} data-testid="import-new">
      {t("import.new")}
    </Button>
  );
  return (
    <ListPage title={t("import.title")} tools={start}>
      <PagedList
        list={list}
        nothing={{ title: t("import.empty"), next: t("import.empty_next") }}
        label={t("import.title")}
        rows={rows}
        id={idOf}
        columns={columns}
        onOpen={(row) => void navigate({ to: "/imports/$id", params: { id: row.id } })}
        card={(row) => (
          <>
            <div>{row.file_name}</div>
            <div className="meta">{[t(`import.kind.${row.kind}`), t(`import.state.${row.state}`)].join(" · ")}</div>
            <div className="meta">{t("import.counts", { rows: f.number(row.rows), bad: f.number(row.bad) })}</div>
          </>
        )}
      />
      {kind && <NewImport kind={kind} onKind={open} onClose={() => open()} />}
    </ListPage>
  );
}
