import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState, type ReactNode } from "react";
import type { ClockKind, TicketRow } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { PriorityLabel } from "@ground/labels/Labels";
import type { Column } from "@ground/list/DataList";
import { ProblemLine } from "@ground/parts/ProblemView";
import { AssignDialog } from "@rooms/ticket/command/plain";
import { useAfterCommand, useTicket } from "@rooms/ticket/data";
import { MainClock, Owner, StateLabel, TierLabel } from "@rooms/ticket/labels";
import css from "./risk.module.css";

/** Puts one's own name on a ticket: it is no longer nobody's. */
export function useAcknowledge(): { run: (row: TicketRow) => void; notice: ReactNode } {
  const claim = $api.useMutation("post", "/api/v1/tickets/{id}/claim", useAfterCommand(() => {}));
  return {
    run: (row) => claim.mutate({ params: { path: { id: row.id } }, body: { version: row.version } }),
    notice: claim.error && (
      <div className={css.notice}>
        <ProblemLine problem={claim.error} />
      </div>
    ),
  };
}

function Acts({ row }: { row: TicketRow }) {
  const { t } = useWords();
  const { run, notice } = useAcknowledge();
  const [handing, setHanding] = useState(false);
  return (
    <span className={css.acts} onClick={(event) => event.stopPropagation()}>
      {!row.claimed && (
        <Button size="small" onClick={() => run(row)} data-testid={`claim-${row.number}`}>
          {t("do.claim")}
        </Button>
      )}
      <Button size="small" onClick={() => setHanding(true)} data-testid={`assign-${row.number}`}>
        {t("do.assign")}
      </Button>
      {handing && <HandOver id={row.id} onClose={() => setHanding(false)} />}
      {notice}
    </span>
  );
}

/** Handing over needs the page of the ticket: its present version. */
function HandOver({ id, onClose }: { id: string; onClose: () => void }) {
  const ticket = useTicket(id);
  return ticket.data ? <AssignDialog page={ticket.data} onClose={onClose} /> : null;
}

export function useRiskColumns(explain: (row: TicketRow, kind: ClockKind) => void): Column<TicketRow>[] {
  const { t } = useWords();
  return [
    { key: "clock", title: t("queue.clock"), width: "164px", render: (row) => <MainClock row={row} onExplain={(kind) => explain(row, kind)} /> },
    {
      key: "number",
      title: t("queue.ticket"),
      width: "72px",
      render: (row) => (
        <Link to="/tickets/$id" params={{ id: row.id }} tabIndex={-1} className={css.link} onClick={(event) => event.stopPropagation()}>
          {row.number}
        </Link>
      ),
    },
    { key: "subject", title: t("queue.symptom"), width: "minmax(120px, 1fr)", render: (row) => <span title={row.subject}>{row.subject}</span> },
    { key: "place", title: t("fact.merchant"), width: "minmax(120px, 0.8fr)", render: (row) => row.store_name ?? row.merchant_name ?? "—" },
    { key: "tier", title: t("merchant.tier"), width: "68px", render: (row) => (row.tier ? <TierLabel tier={row.tier} /> : "—") },
    { key: "priority", title: t("queue.priority"), width: "76px", render: (row) => <PriorityLabel priority={row.priority} /> },
    { key: "state", title: t("queue.state"), width: "88px", render: (row) => <StateLabel {...row} /> },
    { key: "owner", title: t("queue.owner"), width: "116px", render: (row) => <Owner ticket={row} /> },
    { key: "acts", title: t("risk.acts"), width: "200px", render: (row) => <Acts row={row} /> },
  ];
}
