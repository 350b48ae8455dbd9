import { useCallback, useMemo, useRef, useState, type DragEvent } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { useNow } from "@ground/time/useNow";
import { Bar } from "./Bar";
import type { Dropped, Row, Verdict } from "./data";
import css from "./dispatch.module.css";
import { Landing } from "./Landing";
import { lanes, placeOf, quarterAt, scaleOf, type Scale } from "./scale";

type BoardRow = Schema<"BoardRow">;
type Route = Schema<"PlanRoute">;

const LANE = 28;
/** As much room as a verdict of some lines takes, in pixels. */
const VERDICT = 120;

type Props = {
  board: Schema<"Board">;
  ghosts: readonly Route[];
  openId: string | undefined;
  onOpen: (id: string) => void;
  /** The order that is being dragged over the lines. */
  dragged: Row | null;
  /** It was let go on somebody's line, and the rules do not forbid it. */
  onDrop: (order: Row, dropped: Dropped) => void;
  /** They do: it goes back, and says why. */
  onRefused: (order: Row, verdict: Verdict) => void;
};

/** Engineers down, hours across. Promised is a bracket behind, planned the bar, actual the line below it; a proposal is drawn dashed. */
export function TimeLine({ board, ghosts, openId, onOpen, dragged, onDrop, onRefused }: Props) {
  const { t } = useWords();
  const now = useNow();
  const scale = useMemo(
    () => scaleOf(board.date, [...board.engineers.flatMap((e) => [e.shift, ...e.orders.flatMap((o) => [o.planned, o.promised])]), ...ghosts.flatMap((g) => g.stops.map((s) => s.planned))]),
    [board, ghosts],
  );
  const proposed = useMemo(() => new Map(ghosts.map((route) => [route.engineer.id, route.stops.filter((s) => s.change !== "same" && s.change !== "kept")])), [ghosts]);
  // Who works today stands first, the fullest day on top; then who should and is absent; days off at the end.
  const rows = useMemo(
    () => [...board.engineers].sort((a, b) => Number(!a.shift) - Number(!b.shift) || Number(isAway(b)) - Number(isAway(a)) || Number(busy(b, proposed)) - Number(busy(a, proposed)) || b.load_pct - a.load_pct || a.engineer.name.localeCompare(b.engineer.name, "zh")),
    [board, proposed],
  );
  const nowAt = placeOf(scale, now, now + 60_000);
  return (
    <section className={css.line} aria-label={t("dispatch.time_line")} tabIndex={0}>
      <div className={css.hours} aria-hidden>
        <span className={css.corner}>{t("dispatch.engineer")}</span>
        <span className={css.track}>
          {scale.hours.map((hour, i) => (
            <span key={hour} className={`${css.hour} num`} style={{ left: `${(i * 100) / scale.hours.length}%` }}>
              {String(hour).padStart(2, "0")}
            </span>
          ))}
        </span>
      </div>
      <ul className={css.rows}>
        {rows.map((row) => (
          <EngineerRow key={row.engineer.id} row={row} ghosts={proposed.get(row.engineer.id) ?? []} scale={scale} nowLeft={nowAt?.left} openId={openId} onOpen={onOpen} dragged={dragged} onDrop={onDrop} onRefused={onRefused} />
        ))}
      </ul>
    </section>
  );
}

/** Should be there, and is not: no day off. */
const isAway = (row: BoardRow) => !row.shift && row.absences.length > 0;

const busy = (row: BoardRow, proposed: ReadonlyMap<string, readonly unknown[]>) => row.orders.length > 0 || (proposed.get(row.engineer.id)?.length ?? 0) > 0;

type RowProps = { row: BoardRow; ghosts: readonly Schema<"PlanStopRow">[]; scale: Scale; nowLeft: number | undefined; } & Pick<Props, "openId" | "onOpen" | "dragged" | "onDrop" | "onRefused">;

function EngineerRow({ row, ghosts, scale, nowLeft, openId, onOpen, dragged, onDrop, onRefused }: RowProps) {
  const { t, f } = useWords();
  const [over, setOver] = useState<{ at: number; low: boolean } | null>(null);
  const verdict = useRef<Verdict>(undefined);
  const hear = useCallback((said: Verdict | undefined) => {
    verdict.current = said;
  }, []);
  const hover = (event: DragEvent<HTMLElement>) => {
    if (!dragged) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    setOver({ at: quarterAt(scale, (event.clientX - box.left) / box.width), low: box.bottom + VERDICT > window.innerHeight });
  };
  const drop = (event: DragEvent<HTMLElement>) => {
    event.preventDefault();
    setOver(null);
    const said = verdict.current;
    if (!dragged || !said) return;
    if (said.allowed) onDrop(dragged, { engineer: row.engineer.id, planned: said.planned });
    else onRefused(dragged, said);
  };
  const orders = row.orders.filter((o): o is Row & { planned: Schema<"Span"> } => Boolean(o.planned));
  const lane = lanes(orders.map((o) => o.planned));
  const deep = Math.max(1, ...lane.map((l) => l + 1)) + (ghosts.length > 0 ? 1 : 0);
  const shift = row.shift ? placeOf(scale, row.shift.from, row.shift.to) : null;
  const words = row.shift ? t("dispatch.shift", { span: `${f.clock(row.shift.from)}–${f.clock(row.shift.to)}`, load: row.load_pct }) : t(isAway(row) ? "dispatch.absent_all" : "dispatch.day_off");
  return (
    <li className={css.engineer} data-off={row.shift ? undefined : true}>
      <span className={css.name} title={`${row.territory.join(" ")} · ${words}`}>
        <span>{row.engineer.name}</span>
        <span className="meta num">{row.shift ? t("dispatch.load", { load: row.load_pct }) : t(isAway(row) ? "dispatch.absent_all" : "dispatch.day_off")}</span>
      </span>
      <span
        className={css.track}
        style={{ height: deep * LANE + 8, backgroundSize: `${100 / scale.hours.length}% 100%` }}
        data-testid="engineer-line"
        onDragOver={hover}
        onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(null)}
        onDrop={drop}
      >
        {dragged && over !== null && <Landing order={dragged} engineer={row.engineer.id} from={over.at} above={over.low} scale={scale} onVerdict={hear} />}
        {shift && <span className={css.shift} style={percent(shift)} />}
        {row.absences.map((absence) => {
          const at = placeOf(scale, absence.from, absence.to);
          return (
            at && (
              <span key={absence.id} className={css.away} style={percent(at)} title={absence.reason}>
                {t("dispatch.away", { reason: absence.reason })}
              </span>
            )
          );
        })}
        {nowLeft !== undefined && <span className={css.now} style={{ left: `${nowLeft}%` }} />}
        {orders.map((order, i) => (
          <Bar key={order.id} order={order} span={order.planned} scale={scale} top={4 + lane[i]! * LANE} open={order.id === openId} onOpen={onOpen} />
        ))}
        {ghosts.map((stop) => stop.planned && <Bar key={`g${stop.order.id}`} ghost order={stop.order} span={stop.planned} scale={scale} top={4 + (deep - 1) * LANE} open={stop.order.id === openId} onOpen={onOpen} />)}
      </span>
    </li>
  );
}

export const percent = ({ left, width }: { left: number; width: number }) => ({ left: `${left}%`, width: `${width}%` });
