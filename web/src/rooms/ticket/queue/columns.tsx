import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ClockKind, TicketRow } from "@api";
import { kept } from "@ground/kept";
import { useWords } from "@ground/i18n/Words";
import { ChannelLabel, PriorityLabel } from "@ground/labels/Labels";
import type { Column } from "@ground/list/DataList";
import { MainClock, Owner, StateLabel, TierLabel } from "../labels";
import { columnKeys, columnsOf, type ColumnKey, type QueueSearch } from "../search";
import { usual } from "./ColumnsMenu";
import css from "./queue.module.css";

/** Where it stands and which device: the part of a row that says who is waiting. */
function place(row: TicketRow): string {
  return row.store_name ?? row.merchant_name ?? "—";
}

/** The columns somebody chose, kept for them; an address or a saved view that names its own has the last word. */
const chosen = kept<ColumnKey[]>("queue-columns", [...usual], (v): v is ColumnKey[] => Array.isArray(v) && v.length > 0 && v.every((key) => columnKeys.some((known) => known === key)));

export function useChosenColumns(search: QueueSearch, onAddress: (columns: string) => void): [readonly ColumnKey[], (columns: readonly ColumnKey[]) => void] {
  const [own, setOwn] = useState(chosen.read);
  const asked = columnsOf(search);
  const choose = (columns: readonly ColumnKey[]) => {
    if (search.saved || asked.length > 0) return onAddress(columns.join(","));
    chosen.write([...columns]);
    setOwn([...columns]);
  };
  return [asked.length > 0 ? asked : own, choose];
}

export function useColumns(keys: readonly ColumnKey[], search: QueueSearch, explain: (row: TicketRow, kind: ClockKind) => void): Column<TicketRow>[] {
  const { t, f, pick } = useWords();
  const all: (Column<TicketRow> & { key: ColumnKey })[] = [
    { key: "clock", title: t("queue.clock"), width: "minmax(116px, 164px)", render: (row) => <MainClock row={row} onExplain={(kind) => explain(row, kind)} /> },
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
    { key: "subject", title: t("queue.symptom"), width: "minmax(160px, 1.3fr)", render: (row) => <span title={row.subject}>{row.subject}</span> },
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
    { key: "owner", title: t("queue.owner"), width: "116px", render: (row) => <Owner ticket={row} /> },
    {
      key: "last",
      title: t("queue.last"),
      width: "minmax(140px, 1.1fr)",
      render: (row) =>
        row.last_line ? (
          <span className={css.quiet} title={`${f.full(row.last_line.at)} ${pick(row.last_line.preview)}`}>
            {f.ago(row.last_line.at)} {pick(row.last_line.preview)}
          </span>
        ) : (
          "—"
        ),
    },
    { key: "channel", title: t("column.channel"), width: "76px", render: (row) => <ChannelLabel channel={row.channel} /> },
    { key: "tier", title: t("column.tier"), width: "64px", render: (row) => (row.tier ? <TierLabel tier={row.tier} /> : "—") },
    { key: "opened", title: t("column.opened"), width: "104px", align: "end", render: (row) => <span title={f.full(row.opened_at)}>{f.moment(row.opened_at)}</span> },
    { key: "changed", title: t("column.changed"), width: "104px", align: "end", render: (row) => <span title={f.full(row.updated_at)}>{f.moment(row.updated_at)}</span> },
  ];
  return keys.flatMap((key) => all.find((column) => column.key === key) ?? []);
}

/** What is left out while the glance beside the list shows it anyway. */
export const shownInPeek: ReadonlySet<string> = new Set(["priority", "state", "owner", "last"]);

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
        <ChannelLabel channel={row.channel} />
        <span className={css.cardPlace}>{place(row)}</span> · <Owner ticket={row} />
        {row.last_line && <span className={css.cardEnd}>{f.ago(row.last_line.at)}</span>}
      </div>
    </>
  );
}
