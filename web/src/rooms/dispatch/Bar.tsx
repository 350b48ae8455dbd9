import { LockOutlined } from "@ant-design/icons";
import { useWords } from "@ground/i18n/Words";
import { glyphs } from "@ground/labels/clock";
import type { Row, Span } from "./data";
import css from "./dispatch.module.css";
import { placeOf, type Scale } from "./scale";

/** As much room as a number and a mark take, in pixels; at the end of the day a bar begins the sooner. */
const NARROWEST = 44;

type Props = { order: Row; span: Span; scale: Scale; top: number; open: boolean; ghost?: boolean; onOpen: (id: string) => void };

/** One order on the line of a day: the bar says what, its pattern and its name how far it is. */
export function Bar({ order, span, scale, top, open, ghost = false, onOpen }: Props) {
  const { t, f } = useWords();
  const at = placeOf(scale, span.from, span.to);
  if (!at) return null;
  const promised = !ghost && order.promised ? placeOf(scale, order.promised.from, order.promised.to) : null;
  const actual = !ghost && order.actual.from ? placeOf(scale, order.actual.from, order.actual.to ?? span.to) : null;
  const glyph = order.clock && (order.clock.level === "tight" || order.clock.level === "late") ? `${glyphs[order.clock.level]} ` : "";
  const state = ghost ? t("dispatch.proposed") : t(`order_state.${order.state}`);
  const title = [order.number, order.subject, state, f.span(span.from, span.to), order.store_name].filter(Boolean).join(" · ");
  return (
    <>
      {promised && <span className={css.promised} style={{ left: `${promised.left}%`, width: `${promised.width}%`, top: top - 3 }} />}
      <button
        type="button"
        className={css.bar}
        style={{ left: `min(${at.left}%, calc(100% - ${NARROWEST}px))`, width: `${at.width}%`, minWidth: NARROWEST, top }}
        data-state={ghost ? "ghost" : order.state}
        data-open={open || undefined}
        title={title}
        aria-label={title}
        onClick={() => onOpen(order.id)}
      >
        {order.pinned && <LockOutlined aria-hidden />}
        {/* The number is always whole; what does not fit behind it is in the title. */}
        <span className={css.barNumber}>
          {glyph}
          {order.number.replace(/^\D*0*/, "")}
        </span>
        <span className={css.barState}>{state}</span>
      </button>
      {actual && <span className={css.actual} style={{ left: `${actual.left}%`, width: `${actual.width}%`, top: top + 22 }} />}
    </>
  );
}
