import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Checkbox } from "antd";
import { useEffect, useMemo, useRef, useState, type CSSProperties, type PointerEvent, type ReactNode } from "react";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { useNarrow } from "@ground/shell/useNarrow";
import { rowHeight, useDensity } from "./density";
import css from "./list.module.css";
import { useSteady } from "./steady";

export type Column<Row> = {
  key: string;
  title: string;
  /** A CSS grid track: `96px`, `minmax(160px, 1fr)`. */
  width: string;
  align?: "end";
  render: (row: Row) => ReactNode;
};

/** The width of a column of moments: one of another year says its year, and stands whole. */
export const WHEN = "160px";

/** Which rows are picked, by id. Lists without bulk actions have none. */
export type Picked = { ids: ReadonlySet<string>; set: (ids: ReadonlySet<string>) => void };

type Props<Row> = {
  label: string;
  rows: readonly Row[];
  id: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** The same row on a phone. */
  card: (row: Row) => ReactNode;
  cardHeight?: number;
  /** Left out where a row holds all there is to see of it. */
  onOpen?: ((row: Row) => void) | undefined;
  onPeek?: (row: Row) => void;
  /** The row that stands open beside the list. */
  openId?: string | undefined;
  picked?: Picked;
  /** Reads on when the end comes in sight. */
  more?: { has: boolean; loading: boolean; load: () => void };
  /** Rows can be taken up by the pointer and dropped elsewhere; `null` when one is let go. There is always a key that does the same. */
  onDrag?: (row: Row | null) => void;
  /** More single keys for the row one stands on. */
  keys?: (row: Row | undefined) => KeyMap;
};

/** What its column cuts off can be read by whoever points at it. */
function tellWhole(event: PointerEvent<HTMLElement>) {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=cell]") : null;
  if (!cell || cell.querySelector("[title]")) return;
  if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent ?? "";
  else cell.removeAttribute("title");
}

/** A desk list: rows of 36 or 44 px, drawn only where one looks, walked with J and K, and never moving under the hand. */
export function DataList<Row>(props: Props<Row>) {
  const { label, id, columns, card, cardHeight = 76, onOpen, onPeek, openId, picked, more, onDrag, keys } = props;
  const { t } = useWords();
  const narrow = useNarrow();
  const [density] = useDensity();
  const height = narrow ? cardHeight : rowHeight[density];
  const scroller = useRef<HTMLDivElement>(null);
  const [pointing, setPointing] = useState(false);
  const [at, setAt] = useState<string>();
  const { shown, waiting, release } = useSteady(props.rows, id, pointing || (picked?.ids.size ?? 0) > 0);
  const index = useMemo(() => shown.findIndex((row) => id(row) === at), [shown, at, id]);

  // The library hands out functions that change in place; this component is small enough to be drawn each time.
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (i) => (shown[i] === undefined ? i : id(shown[i])),
  });
  useEffect(() => virtual.measure(), [height, virtual]);
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (more?.has && !more.loading && last >= shown.length - 8) more.load();
  }, [last, shown.length, more]);

  const step = (by: number) => {
    const next = Math.min(shown.length - 1, Math.max(0, index < 0 && by < 0 ? 0 : index + by));
    const row = shown[next];
    if (!row) return;
    setAt(id(row));
    virtual.scrollToIndex(next);
    // The row may be drawn only after the scroll.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id(row))}"]`)?.focus({ preventScroll: true }));
  };
  const pick = (rowId: string, range: boolean) => {
    if (!picked) return;
    const ids = new Set(picked.ids);
    if (range) {
      const upTo = shown.findIndex((row) => id(row) === rowId);
      const from = shown.findLastIndex((row, i) => i < upTo && ids.has(id(row)));
      for (const row of shown.slice(Math.max(0, from), upTo + 1)) ids.add(id(row));
    } else if (!ids.delete(rowId)) ids.add(rowId);
    picked.set(ids);
  };
  const on = index >= 0 ? shown[index] : undefined;
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ...(on !== undefined && {
      ...(onOpen && { Enter: () => onOpen(on) }),
      ...(onPeek && { Space: () => onPeek(on) }),
      ...(picked && { x: () => pick(id(on), false), "Shift+x": () => pick(id(on), true) }),
    }),
    ...keys?.(on),
  });

  const tracks = [...(picked ? ["32px"] : []), ...columns.map((c) => c.width)].join(" ");
  return (
    <div className={css.list} role="table" aria-label={label} aria-rowcount={more?.has ? -1 : shown.length} onMouseEnter={() => setPointing(true)} onMouseLeave={() => setPointing(false)}>
      {waiting > 0 && (
        <div className={css.news}>
          <Button size="small" onClick={release} data-testid="show-news">
            {t("list.news", { count: waiting })}
          </Button>
        </div>
      )}
      <div className={css.scroll} ref={scroller}>
        {!narrow && (
          <div className={css.head} role="row" style={{ gridTemplateColumns: tracks }}>
            {picked && <span role="columnheader" aria-label={t("list.pick")} />}
            {columns.map((c) => (
              <span key={c.key} role="columnheader" className={c.align === "end" ? css.end : undefined}>
                {c.title}
              </span>
            ))}
          </div>
        )}
        <div role="rowgroup" className={css.body} onPointerOver={tellWhole} style={{ height: virtual.getTotalSize() }}>
          {drawn.map((item) => {
            const row = shown[item.index];
            if (row === undefined) return null;
            const rowId = id(row);
            const place: CSSProperties = { height: item.size, transform: `translateY(${item.start}px)` };
            return (
              <div
                key={rowId}
                role="row"
                tabIndex={rowId === at || (index < 0 && item.index === 0) ? 0 : -1}
                onFocus={(event) => event.target === event.currentTarget && setAt(rowId)}
                aria-rowindex={item.index + 1}
                aria-selected={picked ? picked.ids.has(rowId) : undefined}
                data-at={rowId === at || undefined}
                data-open={rowId === openId || undefined}
                data-still={onOpen === undefined || undefined}
                data-row={rowId}
                className={narrow ? css.card : css.row}
                style={narrow ? place : { ...place, gridTemplateColumns: tracks }}
                {...(onDrag && {
                  draggable: true,
                  onDragStart: (event) => {
                    event.dataTransfer.effectAllowed = "move";
                    event.dataTransfer.setData("text/plain", rowId);
                    onDrag(row);
                  },
                  onDragEnd: () => onDrag(null),
                })}
                onClick={() => {
                  setAt(rowId);
                  onOpen?.(row);
                }}
              >
                {narrow ? (
                  <div role="cell" className={css.cardCell}>
                    {card(row)}
                  </div>
                ) : (
                  <>
                    {picked && (
                      <span role="cell" onClick={(event) => event.stopPropagation()}>
                        <Checkbox checked={picked.ids.has(rowId)} onChange={(event) => pick(rowId, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)} aria-label={t("list.pick")} />
                      </span>
                    )}
                    {columns.map((c) => (
                      <span key={c.key} role="cell" className={c.align === "end" ? css.end : undefined}>
                        {c.render(row)}
                      </span>
                    ))}
                  </>
                )}
              </div>
            );
          })}
        </div>
        {more?.loading && <p className={css.foot}>{t("state.loading")}</p>}
      </div>
    </div>
  );
}
