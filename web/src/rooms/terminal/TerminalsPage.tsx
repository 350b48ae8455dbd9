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
import css from "./terminal.module.css";
import { TerminalDialog } from "./TerminalDialog";

type Row = Schema<"TerminalRow">;

const route = getRouteApi("/shell/terminals");
const idOf = (row: Row) => row.id;

/** Terminals by serial; each stands in one place. */
export function TerminalsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const { q } = route.useSearch();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const search = (next: string) => void navigate({ to: "/terminals", search: next ? { q: next } : {}, replace: true });
  const list = $api.useInfiniteQuery("get", "/api/v1/terminals", { params: { query: { limit: 50, ...(q && { q }) } } }, keyset);
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
    { key: "version", title: t("fact.version"), width: "112px", render: (row) => [row.batch, row.firmware].filter(Boolean).join(" · ") || "—" },
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
    <>
      <SearchList
        title={t("terminal.title")}
        list={list}
        rows={useRows<Row>(list)}
        id={idOf}
        columns={columns}
        onOpen={(row) => void navigate({ to: "/terminals/$id", params: { id: row.id } })}
        search={{ q, onSearch: search, hint: t("terminal.search"), testId: "terminal-search" }}
        empty={{ title: t("terminal.empty"), next: t("terminal.empty_next"), noMatch: t("terminal.no_match_next") }}
        tools={
          <>
            <ExportButton list="terminals" filter={{ q }} />
            <ImportButton kind="terminals" />
            {may("terminal.add") && (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)} data-testid="terminal-new">
                {t("terminal.new")}
              </Button>
            )}
          </>
        }
        card={(row) => (
          <>
            <div className={css.serial}>{row.serial_no}</div>
            <div className="meta">{`${row.vendor} ${row.model}`}</div>
            <div className="meta">{row.place?.store_name ?? t("terminal.nowhere")}</div>
          </>
        )}
      />
      {making && <TerminalDialog page={null} onClose={() => setMaking(false)} />}
    </>
  );
}
