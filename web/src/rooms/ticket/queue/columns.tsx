import { Link } from "@tanstack/react-router";
import type { ClockKind, TicketRow } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ChannelLabel, PriorityLabel } from "@ground/labels/Labels";
import type { Column } from "@ground/list/DataList";
import { MainClock, Owner, StateLabel } from "../labels";
import type { QueueSearch } from "../room";
import css from "./queue.module.css";

/** Where it stands and which device: the part of a row that says who is waiting. */
function place(row: TicketRow): string {
  return row.store_name ?? row.merchant_name ?? "—";
}

export function useColumns(search: QueueSearch, explain: (row: TicketRow, kind: ClockKind) => void): Column<TicketRow>[] {
  const { t, f, pick } = useWords();
  return [
    { key: "clock", title: t("queue.clock"), width: "164px", render: (row) => <MainClock row={row} onExplain={(kind) => explain(row, kind)} /> },
    {
      key: "number",
      title: t("queue.ticket"),
      width: "72px",
      render: (row) => (
        <Link to="/tickets/$id" params={{ id: row.id }} search={search} className={css.number} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          {row.number}
        </Link>
      ),
    },
    { key: "subject", title: t("queue.symptom"), width: "minmax(160px, 1.4fr)", render: (row) => <span title={row.subject}>{row.subject}</span> },
    {
      key: "place",
      title: t("queue.place"),
      width: "minmax(140px, 1fr)",
      render: (row) => (
        <span className={css.place} title={place(row)}>
          <span>{place(row)}</span>
          <span className={css.quiet}>{row.terminal_model}</span>
        </span>
      ),
    },
    { key: "priority", title: t("queue.priority"), width: "76px", render: (row) => <PriorityLabel priority={row.priority} /> },
    { key: "state", title: t("queue.state"), width: "104px", render: (row) => <StateLabel {...row} /> },
    { key: "owner", title: t("queue.owner"), width: "72px", render: (row) => <Owner ticket={row} /> },
    {
      key: "last",
      title: t("queue.last"),
      width: "minmax(120px, 0.8fr)",
      render: (row) =>
        row.last_line ? (
          <span className={css.quiet} title={`${f.full(row.last_line.at)} ${pick(row.last_line.preview)}`}>
            {f.ago(row.last_line.at)} {pick(row.last_line.preview)}
          </span>
        ) : (
          "—"
        ),
    },
  ];
}

/** What is left out while the glance beside the list shows it anyway. */
export const shownInPeek: ReadonlySet<string> = new Set(["priority", "state", "last"]);

/** The same row on a phone: clock and number first, then what and where. */
export function QueueCard({ row }: { row: TicketRow }) {
  const { f } = useWords();
  return (
    <>
      <div className={css.cardTop}>
        <MainClock row={row} />
        <PriorityLabel priority={row.priority} />
        <StateLabel {...row} />
        <span className={css.cardEnd}>{row.number}</span>
      </div>
      <div className={css.cardSubject}>{row.subject}</div>
      <div className={css.cardMeta}>
        <ChannelLabel channel={row.channel} /> {place(row)} · <Owner ticket={row} />
        {row.last_line && <span className={css.cardEnd}>{f.ago(row.last_line.at)}</span>}
      </div>
    </>
  );
}
