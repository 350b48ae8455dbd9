import { WarningFilled } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { DataList, type Column } from "@ground/list/DataList";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SearchField } from "@ground/parts/SearchField";
import { SidePanel } from "@ground/parts/SidePanel";
import { useSession } from "@ground/session/Session";
import { titleOf, useSet, type FactRow, type FactSet, type Values } from "./data";
import { DraftBar } from "./DraftBar";
import css from "./facts.module.css";
import { HistoryDrawer } from "./HistoryDrawer";
import type { SetSearch } from "./room";
import { RowPanel } from "./RowPanel";
import { useShown } from "./useShown";

const route = getRouteApi("/shell/admin/facts/$kind");
const idOf = (row: FactRow) => row.code;
/** A row that is being made has no code yet. */
const FRESH = "+";

/** A set of facts: its rows, the changes that wait, and every version. */
export function SetPage() {
  const { kind } = route.useParams();
  const set = useSet(kind);
  if (set.isPending) return <RowsLoading />;
  if (set.error) return <ProblemPage problem={set.error} onRetry={() => void set.refetch()} />;
  return <Shown key={kind} set={set.data} />;
}

function Shown({ set }: { set: FactSet }) {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const shown = useShown();
  const navigate = useNavigate();
  const { open, q } = route.useSearch();
  const go = (next: SetSearch) => void navigate({ to: "/admin/facts/$kind", params: { kind: set.kind }, search: next, replace: true });
  const search = useCallback((words: string) => void navigate({ to: "/admin/facts/$kind", params: { kind: set.kind }, search: words ? { q: words } : {}, replace: true }), [navigate, set.kind]);
  const show = (code?: string) => go({ ...(q && { q }), ...(code && { open: code }) });
  const [history, setHistory] = useState(false);
  const edit = may("fact.edit");
  const rows = useMemo(() => {
    const words = q?.trim().toLowerCase();
    return words ? set.rows.filter((row) => JSON.stringify(row.row).toLowerCase().includes(words)) : set.rows;
  }, [set.rows, q]);
  const current = set.rows.find((row) => row.code === open);

  const [, ...others] = set.fields.filter((field) => field.shape === "both");
  // A promise is one thing, whether it is made in hours or in working days.
  const promises = set.kind === "service_items";
  const small = set.fields.filter((field) => ["choice", "number", "money", "line"].includes(field.shape) && !(promises && field.name.startsWith("target_"))).slice(0, 3);
  const within = ({ row }: FactRow) => {
    const { target_days: days, target_hours: hours } = row as { target_days?: number; target_hours?: number };
    return days ? t("facts.within_days", { days }) : hours ? t("facts.within_hours", { hours }) : "—";
  };
  const title = (row: FactRow) => pick(titleOf(set.fields, row.row as Values)) || row.code;
  const state = (row: FactRow) => (
    <span className={css.state} data-off={row.off || undefined}>
      {row.off ? t("facts.off") : row.origin === "shipped" ? "" : t(`facts.origin.${row.origin}`)}
    </span>
  );
  /** A bare number says nothing without the name of its column. */
  const said = (field: FactSet["fields"][number], value: unknown) => {
    const text = shown(field, value);
    if (!text || text === "—") return "";
    return field.shape === "number" ? `${t(`facts.field.${field.name}` as "facts.field.name")} ${text}` : text;
  };
  const columns: Column<FactRow>[] = [
    { key: "code", title: t("facts.field.code"), width: "minmax(152px, 184px)", render: (row) => <span className={css.mono}>{row.code}</span> },
    ...(set.fields.some((field) => field.shape === "both") ? [{ key: "title", title: t("facts.title_column"), width: "minmax(160px, 2fr)", render: title }] : []),
    ...others.slice(0, 1).map((field) => ({ key: field.name, title: t(`facts.field.${field.name}` as "facts.field.name"), width: "minmax(120px, 2fr)", render: (row: FactRow) => shown(field, (row.row as Values)[field.name]) })),
    ...small.map((field) => ({
      key: field.name,
      title: t(`facts.field.${field.name}` as "facts.field.name"),
      width: "minmax(88px, 1fr)",
      ...(field.shape !== "choice" && field.shape !== "line" && { align: "end" as const }),
      render: (row: FactRow) => shown(field, (row.row as Values)[field.name]),
    })),
    ...(promises ? [{ key: "within", title: t("facts.within"), width: "minmax(104px, 1fr)", align: "end" as const, render: within }] : []),
    ...(set.kind === "status_labels" ? [{ key: "used", title: t("facts.used"), width: "88px", align: "end" as const, render: (row: FactRow) => (row.used == null ? "—" : f.number(row.used)) }] : []),
    ...(set.rows.some((row) => row.off || row.origin !== "shipped") ? [{ key: "origin", title: t("facts.state"), width: "80px", render: state }] : []),
  ];

  return (
    <div className={css.split}>
      <ListPage
        up={{ to: "/admin", name: t("admin.title") }}
        title={t(`facts.kind.${set.kind}`)}
        about={set.published ? t("facts.in_force", { version: set.version, from: set.published.valid_from, by: set.published.by, reason: set.published.reason }) : t("admin.shipped")}
        tools={
          <>
            <SearchField q={q} onSearch={search} hint={t("facts.search")} testId="facts-search" />
            <Button onClick={() => setHistory(true)} data-testid="history">
              {t("facts.history")}
            </Button>
            {edit && set.grows && (
              <Button type={set.draft ? "default" : "primary"} onClick={() => show(FRESH)} data-testid="add-row">
                {t("facts.add")}
              </Button>
            )}
          </>
        }
      >
        {set.unofficial_years.length > 0 && (
          <p className={css.warning} role="status">
            <WarningFilled /> {t("facts.unofficial_long", { years: set.unofficial_years.join(t("list.comma")) })}
          </p>
        )}
        {set.draft && <DraftBar set={set} draft={set.draft} may={edit} onShow={show} />}
        {rows.length === 0 ? (
          <Nothing kind={q ? "no_match" : "empty"} title={t("facts.nothing")} next={t("facts.nothing_next")} />
        ) : (
          <DataList
            label={t(`facts.kind.${set.kind}`)}
            rows={rows}
            id={idOf}
            columns={columns}
            openId={open}
            onOpen={(row) => show(row.code)}
            onPeek={(row) => show(row.code === open ? undefined : row.code)}
            card={(row) => (
              <>
                <div className={css.cardTop}>
                  <span>{title(row)}</span> {state(row)}
                </div>
                <div className="meta">{[row.code, ...small.map((field) => said(field, (row.row as Values)[field.name])), promises ? within(row) : ""].filter(Boolean).join(" · ")}</div>
              </>
            )}
          />
        )}
      </ListPage>
      <SidePanel open={open !== undefined} title={open === FRESH ? t("facts.add") : `${open ?? ""}`} onClose={() => show()} width={520}>
        {open === FRESH ? <RowPanel key={FRESH} set={set} onDone={show} /> : current && <RowPanel key={`${current.code} ${set.draft?.version ?? 0}`} set={set} row={current} onDone={show} />}
      </SidePanel>
      {history && <HistoryDrawer set={set} onClose={() => setHistory(false)} />}
    </div>
  );
}
