import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ExportButton } from "@ground/parts/ExportButton";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine } from "@ground/parts/ProblemView";
import { ViewTabs } from "@ground/parts/ViewTabs";
import { useSession } from "@ground/session/Session";
import { ClockDrawer } from "@rooms/clock/ClockDrawer";
import css from "./agreement.module.css";
import type { Line, Page } from "./data";
import { DisputeDialog } from "./DisputeDialog";
import { ExcludeDialog } from "./ExcludeDialog";
import { VIEWS, type View } from "./room";

type Props = { page: Page; view: View; onView: (view: View) => void };

/** The lines a figure is made of: each with its ticket, why its clock says so, and what was said against it. */
export function Lines({ page, view, onView }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [clock, setClock] = useState<{ ticket: string; kind: Line["kind"] } | null>(null);
  const [asked, setAsked] = useState<{ line: Line; what: "dispute" | "exclude" } | null>(null);
  const list = $api.useInfiniteQuery(
    "get",
    "/api/v1/statements/{id}/lines",
    { params: { path: { id: page.id }, query: { view, limit: 50, ...(page.shown > 0 && { version: page.shown }) } } },
    { ...keyset, refetchInterval: page.signed > 0 && LOOK_EVERY },
  );
  const rows = useRows<Line>(list);
  const latest = page.shown === page.signed;
  return (
    <>
      <div className={css.line}>
        <ViewTabs value={view} views={VIEWS.map((key) => ({ key, label: t(`statement.lines.${key}`) }))} onView={onView} />
        <ExportButton list="statement-lines" filter={{ statement: page.id, version: String(page.shown), lines: view }} />
      </div>
      {list.isPending && <RowsLoading />}
      {list.error && <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Nothing kind="empty" title={t("statement.no_lines")} next={t("statement.no_lines_next")} />}
      <ul className={css.rows}>
        {rows.map((line) => (
          <li key={line.clock_id} className={`${css.row} ${line.verdict === "left_out" ? css.out : ""}`} data-testid="statement-line" data-verdict={line.verdict}>
            <Link to="/tickets/$id" params={{ id: line.ticket_id }} className="num">
              {line.ticket_number}
            </Link>
            <span className={css.grow}>
              {line.subject}
              {line.merchant_name && <span className="meta"> {line.merchant_name}</span>}
              <span className={`meta ${css.below}`}>
                {t(`clock_page.${line.kind}`)} · {t("statement.due", { at: f.moment(line.due_at) })} · {line.ended_at ? t("statement.ended", { at: f.moment(line.ended_at) }) : t(line.verdict === "kept" ? "statement.ended_in_time" : "statement.still_open")}
              </span>
              {line.because && <span className={css.below}>{t(line.because.dispute ? "statement.by_dispute" : "statement.by_exclusion", { reason: line.because.reason })}</span>}
            </span>
            <span className={css.verdict}>
              {t(`statement.verdict.${line.verdict}`)}
              {line.verdict === "late" && <span className="num"> {f.length(line.counted_s)}</span>}
              {line.dispute && <span className={line.dispute === "open" ? css.disputed : "meta"}>{t(`statement.dispute_state.${line.dispute}`)}</span>}
            </span>
            <span className={`num ${css.money}`}>{line.verdict === "late" ? f.money(line.penalty) : "—"}</span>
            <span className={css.acts}>
              <Button size="small" type="text" onClick={() => setClock({ ticket: line.ticket_id, kind: line.kind })} data-testid="statement-clock">
                {t("statement.why")}
              </Button>
              {latest && page.signed > 0 && line.dispute !== "open" && may("statement.dispute") && (
                <Button size="small" type="text" onClick={() => setAsked({ line, what: "dispute" })} data-testid="statement-dispute">
                  {t("statement.dispute")}
                </Button>
              )}
              {latest && line.verdict !== "left_out" && may("statement.work") && (
                <Button size="small" type="text" onClick={() => setAsked({ line, what: "exclude" })}>
                  {t("statement.exclude_ticket")}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("incident.more")}
        </Button>
      )}
      <ClockDrawer ticket={clock?.ticket ?? null} kind={clock?.kind ?? "resolution"} onKind={(kind) => setClock(clock && { ...clock, kind })} onClose={() => setClock(null)} />
      {asked?.what === "dispute" && <DisputeDialog page={page} line={asked.line} onClose={() => setAsked(null)} />}
      {asked?.what === "exclude" && <ExcludeDialog page={page} line={asked.line} onClose={() => setAsked(null)} />}
    </>
  );
}
