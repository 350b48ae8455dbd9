import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Select } from "antd";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { DataList, WHEN, type Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { ViewTabs } from "@ground/parts/ViewTabs";
import { useSession } from "@ground/session/Session";
import { isoDay } from "@ground/time/format";
import css from "./agreement.module.css";
import { useAfter } from "./data";
import { share } from "./share";

type Row = Schema<"StatementRow">;
type MonthRow = Schema<"MonthRow">;
const route = getRouteApi("/shell/statements");
const idOf = (row: Row) => row.id;
const monthId = (row: MonthRow) => `${row.acquirer_id} ${row.agreement}`;

/** The month of an instant, and so many before it. */
function months(count: number): string[] {
  const [year, month] = isoDay(new Date()).split("-").map(Number) as [number, number];
  return Array.from({ length: count }, (_, back) => {
    const at = year * 12 + (month - 1) - back;
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  });
}

/** What months of promises came to: those there are statements of, and each month before it is signed. */
export function StatementsPage() {
  const { t } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const { month } = route.useSearch();
  const choices = months(14);
  const works = may("statement.work");
  const show = (next?: string) => void navigate({ to: "/statements", search: next ? { month: next } : {}, replace: true });
  return (
    <ListPage
      title={t("statement.title")}
      tools={
        works && (
          <>
            <ViewTabs
              value={month ? "month" : "list"}
              views={(["list", "month"] as const).map((key) => ({ key, label: t(`statement.view.${key}`) }))}
              onView={(view) => show(view === "month" ? choices[1] : undefined)}
            />
            {month && <Select value={month} onChange={show} options={choices.map((value) => ({ value, label: value }))} aria-label={t("statement.month")} className={css.month} data-testid="statement-month" />}
          </>
        )
      }
    >
      {month && works ? <MonthList month={month} /> : <Statements />}
    </ListPage>
  );
}

function Statements() {
  const { t, f, pick } = useWords();
  const navigate = useNavigate();
  const list = $api.useInfiniteQuery("get", "/api/v1/statements", { params: { query: { limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const version = (row: Row) => (row.signed > 0 ? t("statement.v", { n: row.signed }) : t("statement.preview"));
  const columns: Column<Row>[] = [
    { key: "month", title: t("statement.month"), width: "88px", render: (row) => <span className="num">{row.month}</span> },
    { key: "acquirer", title: t("fact.acquirer"), width: "minmax(140px, 1fr)", render: (row) => row.acquirer_name },
    { key: "agreement", title: t("statement.agreement"), width: "minmax(120px, 1fr)", render: (row) => pick(row.agreement_name) },
    { key: "share", title: t("statement.attainment"), width: "184px", align: "end", render: (row) => <span className="num">{row.figures ? share(f, row.figures) : "—"}</span> },
    { key: "late", title: t("statement.late"), width: "80px", align: "end", render: (row) => <span className="num">{row.figures ? f.number(row.figures.late) : "—"}</span> },
    { key: "money", title: t("statement.penalty"), width: "128px", align: "end", render: (row) => <span className="num">{row.figures ? f.money(row.figures.penalty) : "—"}</span> },
    { key: "version", title: t("statement.version"), width: "88px", render: version },
    { key: "signed", title: t("statement.signed_at"), width: WHEN, render: (row) => (row.signed_at ? f.moment(row.signed_at) : "") },
  ];
  return (
    <PagedList<Row>
      label={t("statement.title")}
      list={list}
      nothing={{ title: t("statement.none"), next: t("statement.none_next") }}
      rows={useRows<Row>(list)}
      id={idOf}
      columns={columns}
      onOpen={(row) => void navigate({ to: "/statements/$id", params: { id: row.id } })}
      card={(row) => (
        <>
          <div className={css.line}>
            <span>
              <span className="num">{row.month}</span> {row.acquirer_name}
            </span>
            <span className="num">{row.figures ? f.money(row.figures.penalty) : ""}</span>
          </div>
          <div className="meta">{[pick(row.agreement_name), version(row)].join(" · ")}</div>
          <div className="meta num">{row.figures ? share(f, row.figures) : ""}</div>
        </>
      )}
    />
  );
}

/** A month by acquirer and agreement; a row opens its statement. */
function MonthList({ month }: { month: string }) {
  const { t, f, pick } = useWords();
  const navigate = useNavigate();
  const found = $api.useQuery("get", "/api/v1/statement-month", { params: { query: { month } } });
  const open = $api.useMutation(
    "post",
    "/api/v1/statements",
    useAfter((page) => void navigate({ to: "/statements/$id", params: { id: page.id } })),
  );
  if (found.isPending) return <RowsLoading />;
  if (found.error) return <ProblemPage problem={found.error} onRetry={() => void found.refetch()} />;
  const { rows, ended } = found.data;
  const standing = (row: MonthRow) => (row.signed > 0 ? t("statement.v", { n: row.signed }) : t(ended ? "statement.to_sign" : "statement.running"));
  const kept = (row: MonthRow) => share(f, { ...row, kept: row.promises - row.late });
  const columns: Column<MonthRow>[] = [
    { key: "acquirer", title: t("fact.acquirer"), width: "minmax(140px, 1fr)", render: (row) => row.acquirer_name },
    { key: "agreement", title: t("statement.agreement"), width: "minmax(120px, 1fr)", render: (row) => pick(row.agreement_name) },
    { key: "share", title: t("statement.attainment"), width: "200px", align: "end", render: (row) => <span className="num">{kept(row)}</span> },
    { key: "late", title: t("statement.late"), width: "88px", align: "end", render: (row) => <span className="num">{f.number(row.late)}</span> },
    { key: "standing", title: t("statement.version"), width: "112px", render: standing },
  ];
  if (rows.length === 0) return <Nothing kind="empty" title={t("statement.none_month")} next={t("statement.none_month_next")} />;
  return (
    <>
      {open.error && <ProblemLine problem={open.error} />}
      <p className={`meta ${css.note}`}>{t(ended ? "statement.month_ended" : "statement.month_running")}</p>
      <DataList<MonthRow>
        label={t("statement.view.month")}
        rows={rows}
        id={monthId}
        columns={columns}
        onOpen={(row) => open.mutate({ body: { acquirer_id: row.acquirer_id, agreement: row.agreement, month } })}
        card={(row) => (
          <>
            <div className={css.line}>
              <span>{row.acquirer_name}</span>
              <span>{standing(row)}</span>
            </div>
            <div className="meta">{pick(row.agreement_name)}</div>
            <div className="meta num">{kept(row)}</div>
          </>
        )}
      />
    </>
  );
}
