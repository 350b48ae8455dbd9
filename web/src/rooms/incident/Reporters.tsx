import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { MainClock, StateLabel } from "@rooms/ticket/labels";
import { useAfter } from "./data";
import css from "./incident.module.css";

type Row = Schema<"ReporterRow">;

/** Tickets that belong to an incident, each with its clock; what came of solving them with it. */
export function Reporters({ page }: { page: Schema<"IncidentPage"> }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const { id, state } = page.incident;
  const list = $api.useInfiniteQuery("get", "/api/v1/incidents/{id}/tickets", { params: { path: { id }, query: { limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const rows = useRows<Row>(list);
  const detach = $api.useMutation("post", "/api/v1/incidents/{id}/detach", useAfter(() => {}));
  if (list.isPending) return <RowsLoading />;
  if (list.error && rows.length === 0) return <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />;
  if (rows.length === 0) return <Nothing kind="empty" title={t("incident.no_reporters")} next={t("incident.no_reporters_next")} />;
  return (
    <>
      <ul className={css.rows}>
        {rows.map(({ id: reporter, ticket, solved, at, by }) => (
          <li key={reporter} className={css.row}>
            <Link to="/tickets/$id" params={{ id: ticket.id }} className="num">
              {ticket.number}
            </Link>
            <span className={css.grow}>
              {ticket.subject} <span className="meta">{[ticket.store_name ?? ticket.merchant_name, t("incident.attached", { by, at: f.moment(at) })].filter(Boolean).join(" · ")}</span>
              {solved && solved !== "solved" && <span className={css.left}> {t(solved === "ticket.fields_missing" ? "incident.lacks_fields" : "incident.not_solved")}</span>}
            </span>
            <StateLabel state={ticket.state} waiting={ticket.waiting} />
            <MainClock row={ticket} />
            {state === "open" && may("incident.work") && (
              <Button size="small" type="text" loading={detach.isPending && detach.variables.body.ticket_id === ticket.id} onClick={() => detach.mutate({ params: { path: { id } }, body: { ticket_id: ticket.id } })}>
                {t("incident.detach")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {detach.error && <ProblemLine problem={detach.error} />}
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("incident.more")}
        </Button>
      )}
    </>
  );
}
