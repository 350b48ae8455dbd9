import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { DataList, type Column } from "@ground/list/DataList";
import { Nothing } from "@ground/parts/Nothing";
import type { Row } from "./data";
import css from "./dispatch.module.css";

const idOf = (row: Row) => row.id;

/** What a clock says about waiting: who is late first, then who has least time left; paused and clockless ones wait longest. */
export const byUrgency = (rows: readonly Row[]) => {
  const left = (row: Row) => (row.clock && row.clock.level !== "paused" ? (row.clock.remaining_s ?? Infinity) : Infinity);
  return [...rows].sort((a, b) => left(a) - left(b) || a.number.localeCompare(b.number));
};

/** Orders nobody has; what costs most to leave stands on top. */
export function Unassigned({ rows, openId, onOpen, onDrag }: { rows: readonly Row[]; openId: string | undefined; onOpen: (row: Row) => void; onDrag: (row: Row | null) => void }) {
  const { t, lang } = useWords();
  const columns: Column<Row>[] = [
    { key: "clock", title: t("dispatch.clock"), width: lang === "en" ? "112px" : "88px", render: (row) => (row.clock ? <ClockBadge clock={row.clock} /> : "—") },
    {
      key: "what",
      title: t("dispatch.what"),
      width: "minmax(0, 1fr)",
      render: (row) => (
        <span title={`${row.number} ${row.subject}`}>
          {t(`order_kind.${row.kind}`)} · {row.subject}
        </span>
      ),
    },
    { key: "where", title: t("dispatch.district"), width: "56px", render: (row) => <span title={row.address}>{row.district}</span> },
  ];
  return (
    <section className={css.unassigned} aria-label={t("dispatch.unassigned", { count: rows.length })}>
      <h2 className={css.paneHead}>{t("dispatch.unassigned", { count: rows.length })}</h2>
      {rows.length === 0 ? (
        <Nothing kind="empty" title={t("dispatch.all_assigned")} next={t("dispatch.all_assigned_next")} />
      ) : (
        <DataList
          label={t("dispatch.unassigned", { count: rows.length })}
          rows={byUrgency(rows)}
          id={idOf}
          columns={columns}
          openId={openId}
          onOpen={onOpen}
          onPeek={onOpen}
          onDrag={onDrag}
          card={(row) => (
            <>
              <div>{row.clock && <ClockBadge clock={row.clock} />} </div>
              <div className={css.cut}>{row.subject}</div>
              <div className="meta">{row.district}</div>
            </>
          )}
        />
      )}
    </section>
  );
}
