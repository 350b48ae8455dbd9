import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Input } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ExportButton } from "@ground/parts/ExportButton";
import { Nothing } from "@ground/parts/Nothing";
import { ListPage } from "@ground/parts/ListPage";
import { SidePanel } from "@ground/parts/SidePanel";
import css from "../org.module.css";
import type { AuditSearch } from "../room";
import { AuditLine } from "./AuditLine";
import { useSaid, type Line } from "./said";

const route = getRouteApi("/shell/audit");
const idOf = (line: Line) => String(line.seq);

/** Who changed what, newest first: each line linked to the one before it, so that none can go unnoticed. */
export function AuditPage() {
  const { t, f } = useWords();
  const said = useSaid();
  const { subject, open } = route.useSearch();
  const navigate = useNavigate();
  const go = (next: AuditSearch) => void navigate({ to: "/audit", search: next, replace: true });
  const show = (seq?: number) => go({ ...(subject && { subject }), ...(seq !== undefined && { open: seq }) });
  const [typed, setTyped] = useState(subject ?? "");
  const list = $api.useInfiniteQuery("get", "/api/v1/audit", { params: { query: { limit: 100, ...(subject && { subject }) } } }, keyset);
  const lines = useRows<Line>(list);
  const shown = lines.find((line) => line.seq === open);

  const columns: Column<Line>[] = [
    { key: "at", title: t("audit.at"), width: WHEN, render: (line) => <time dateTime={line.at} title={f.full(line.at)}>{f.moment(line.at)}</time> },
    { key: "who", title: t("audit.who"), width: "minmax(96px, 160px)", render: (line) => said.who(line) },
    { key: "what", title: t("audit.what"), width: "minmax(120px, 1fr)", render: (line) => said.action(line.action) },
    { key: "subject", title: t("audit.subject"), width: "minmax(120px, 200px)", render: (line) => said.about(line) },
    { key: "fields", title: t("audit.fields"), width: "minmax(120px, 1fr)", render: (line) => <span className="meta">{said.fields(line)}</span> },
    { key: "seq", title: t("audit.seq"), width: "80px", align: "end", render: (line) => f.number(line.seq) },
  ];

  return (
    <ListPage
      title={t("audit.title")}
      tools={
        <>
          <Input.Search
            className={css.search}
            allowClear
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onSearch={(value) => go(value.trim() ? { subject: value.trim() } : {})}
            placeholder={t("audit.search_hint")}
            aria-label={t("audit.search")}
          />
          <ExportButton list="audit" filter={{ subject }} />
          <a href="/api/v1/audit/export" download>
            {t("audit.export")}
          </a>
        </>
      }
      side={
        <SidePanel open={open !== undefined} title={t("audit.line", { seq: open ?? 0 })} onClose={() => show()}>
          {shown ? (
            <AuditLine line={shown} onSubject={() => (setTyped(shown.subject), go({ subject: shown.subject, open: shown.seq }))} />
          ) : (
            !list.isPending && <Nothing kind="no_match" title={t("audit.not_shown")} next={t("audit.not_shown_next")} />
          )}
        </SidePanel>
      }
    >
      <PagedList
        list={list}
        nothing={{ kind: subject ? "no_match" : "empty", title: t("audit.nothing"), next: t("audit.nothing_next") }}
        label={t("audit.title")}
        rows={lines}
        id={idOf}
        columns={columns}
        openId={open === undefined ? undefined : String(open)}
        onOpen={(line) => show(line.seq)}
        onPeek={(line) => show(line.seq === open ? undefined : line.seq)}
        card={(line) => (
          <>
            <div className={css.cardTop}>
              <span>{said.who(line)}</span> <span className="meta">{f.ago(line.at)}</span>
            </div>
            <div>{said.action(line.action)}</div>
            <div className="meta">{said.about(line)}</div>
          </>
        )}
      />
    </ListPage>
  );
}
