import { useVirtualizer } from "@tanstack/react-virtual";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import { MoreOutlined } from "@ant-design/icons";
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from "react";
import type { TicketPage, TicketRow } from "@api";
import { client } from "@ground/api/client";
import { asProblem } from "@ground/api/problem";
import { useWords } from "@ground/i18n/Words";
import { PriorityLabel } from "@ground/labels/Labels";
import { useRows } from "@ground/list/useKeyset";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage, useSentence } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { dialogs, type Asked } from "../command/dialogs";
import { useCount, useQueue } from "../data";
import { MainClock, Owner } from "../labels";
import { queueSearch, type QueueSearch } from "../search";
import css from "./kanban.module.css";
import { columns, mayMove, moveOf, type BoardState } from "./moves";

type Props = { search: QueueSearch; onPeek: (id: string) => void; openId: string | undefined };
type Carried = Pick<TicketRow, "id" | "number" | "state">;

const CARD = 108;

/** The list as a board: a column for each state, a drop is a command. `M` on a card does the same without dragging. */
export function Kanban({ search, onPeek, openId }: Props) {
  const { t } = useWords();
  const sentence = useSentence();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [carried, setCarried] = useState<Carried | null>(null);
  const [asked, setAsked] = useState<{ command: Asked; page: TicketPage } | null>(null);
  const counts = useCount(search, search.view !== "closed");
  const shown = columns.filter((state) => !search.state || search.state.split(",").includes(state) || (state === "closed" && search.state.includes("solved")));

  const say = (row: Carried, why: string) => void message.warning(t("board.stays", { number: row.number, why }), 6);
  const move = async (row: Carried, to: BoardState) => {
    if (row.state === to) return;
    const known = moveOf(row.state, to);
    if ("no" in known) return say(row, t(known.no));
    const { data, error } = await client.GET("/api/v1/tickets/{id}", { params: { path: { id: row.id } } });
    if (!data) return say(row, sentence(asProblem(error)));
    const now = mayMove(data, to);
    if ("no" in now) return say(row, t(now.no));
    if (now.command === "guide") return void navigate({ to: "/tickets/$id", params: { id: row.id }, search, hash: "guide" });
    setAsked({ command: now.command, page: data });
  };

  const Asking = asked && dialogs[asked.command];
  return (
    <div className={css.board} role="group" aria-label={t("board.title")}>
      {shown.map((state) => (
        <Column
          key={state}
          state={state}
          search={search}
          count={state === "closed" ? null : (counts.data?.states[state] ?? (counts.data ? 0 : null))}
          carried={carried}
          openId={openId}
          onCarry={setCarried}
          onMove={(row, to) => void move(row, to)}
          onPeek={onPeek}
        />
      ))}
      {Asking && <Asking page={asked.page} onClose={() => setAsked(null)} />}
    </div>
  );
}

type ColumnProps = {
  state: BoardState;
  search: QueueSearch;
  count: number | null;
  carried: Carried | null;
  openId: string | undefined;
  onCarry: (row: Carried | null) => void;
  onMove: (row: Carried, to: BoardState) => void;
  onPeek: (id: string) => void;
};

function Column({ state, search, count, carried, openId, onCarry, onMove, onPeek }: ColumnProps) {
  const { t, f } = useWords();
  const { may } = useSession();
  const mine = state === "closed" ? queueSearch({ ...search, view: "closed", state: "closed" }) : queueSearch({ ...search, state });
  const queue = useQueue(mine);
  const rows = useRows<TicketRow>(queue);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => CARD, overscan: 6, getItemKey: (i) => rows[i]?.id ?? i });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = queue;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - 4) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const verdict = carried && carried.state !== state ? moveOf(carried.state, state) : null;
  const over = (event: DragEvent) => {
    if (!verdict) return;
    // A forbidden drop is taken as well, so that it can say why.
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  };
  const title = t(`ticket_state.${state}`);
  return (
    <section
      className={css.column}
      aria-label={title}
      data-testid={`column-${state}`}
      data-drop={verdict ? ("no" in verdict ? "no" : "yes") : undefined}
      onDragOver={over}
      onDrop={(event) => {
        event.preventDefault();
        if (carried) onMove(carried, state);
        onCarry(null);
      }}
    >
      <header>
        <h2>{title}</h2>
        {count !== null && <span className={css.count}>{f.number(count)}</span>}
      </header>
      {verdict && "no" in verdict && <p className={css.verdict}>{t(verdict.no)}</p>}
      <div className={css.cards} ref={scroller} tabIndex={rows.length === 0 ? undefined : -1}>
        {queue.isPending ? (
          <BlockLoading lines={4} />
        ) : queue.error ? (
          <ProblemPage problem={queue.error} onRetry={() => void queue.refetch()} />
        ) : rows.length === 0 ? (
          <p className={css.none}>{t("board.none")}</p>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="list">
            {drawn.map((item) => {
              const row = rows[item.index];
              return row ? (
                <div key={row.id} role="listitem" className={css.place} style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
                  <Card row={row} search={search} open={row.id === openId} movable={may("ticket.work")} onCarry={onCarry} onMove={onMove} onPeek={onPeek} />
                </div>
              ) : null;
            })}
          </div>
        )}
        {isFetchingNextPage && <p className={css.none}>{t("state.loading")}</p>}
      </div>
    </section>
  );
}

type CardProps = { row: TicketRow; search: QueueSearch; open: boolean; movable: boolean } & Pick<ColumnProps, "onCarry" | "onMove" | "onPeek">;

function Card({ row, search, open, movable, onCarry, onMove, onPeek }: CardProps) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [menu, setMenu] = useState(false);
  const show = () => void navigate({ to: "/tickets/$id", params: { id: row.id }, search });
  const key = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.nativeEvent.isComposing) return;
    if (event.key === "Enter") show();
    else if (event.key === " ") onPeek(row.id);
    else if (event.key === "m" || event.key === "M") setMenu(movable);
    else return;
    event.preventDefault();
  };
  return (
    <article
      className={css.card}
      data-open={open || undefined}
      data-testid="board-card"
      tabIndex={0}
      draggable={movable}
      aria-label={`${row.number} ${row.subject}`}
      onKeyDown={key}
      onClick={show}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", row.number);
        onCarry(row);
      }}
      onDragEnd={() => onCarry(null)}
    >
      <div className={css.cardTop}>
        <MainClock row={row} />
        <PriorityLabel priority={row.priority} />
        {movable && (
          <Dropdown
            open={menu}
            onOpenChange={setMenu}
            trigger={["click"]}
            menu={{
              autoFocus: true,
              items: columns.filter((to) => to !== row.state).map((to) => ({ key: to, label: t("board.move_to", { state: t(`ticket_state.${to}`) }) })),
              onClick: ({ key: to, domEvent }) => {
                domEvent.stopPropagation();
                const state = columns.find((s) => s === to);
                if (state) onMove(row, state);
              },
            }}
          >
            <Button type="text" size="small" className={css.more} icon={<MoreOutlined />} aria-label={t("board.move", { number: row.number })} onClick={(event) => event.stopPropagation()} />
          </Dropdown>
        )}
      </div>
      <p className={css.subject} title={row.subject}>
        {row.subject}
      </p>
      <p className={css.meta}>
        <span>{row.number}</span> <span className={css.where}>{row.store_name ?? row.merchant_name ?? "—"}</span>
      </p>
      <p className={css.meta}>
        <Owner ticket={row} />
      </p>
    </article>
  );
}
