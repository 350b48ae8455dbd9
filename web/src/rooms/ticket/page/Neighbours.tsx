import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import type { TicketRow } from "@api";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { useSteady } from "@ground/list/steady";
import { useNarrow } from "@ground/shell/useNarrow";
import { useListed } from "../data";
import { MainClock } from "../labels";
import type { QueueSearch } from "../search";
import css from "./page.module.css";

const idOf = (row: TicketRow) => row.id;

/** The queue one came from. Its order stays while one works through it, so that the next one is the next one. */
export function Neighbours({ id, search }: { id: string; search: QueueSearch }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const wide = !useNarrow(1280);
  const { view = "open", q } = search;
  const { rows } = useListed(search);
  const { shown } = useSteady(rows, idOf, true);
  // The order stays; how each of them stands is told as it is now, also that one has left the list.
  const now = new Map(rows.map((row) => [row.id, row]));
  const at = shown.findIndex((row) => row.id === id);
  const current = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const go = (by: number) => {
    const row = at < 0 ? shown[0] : shown[at + by];
    if (row) void navigate({ to: "/tickets/$id", params: { id: row.id }, search });
  };
  useKeys({ "[": () => go(-1), "]": () => go(1) });
  if (!wide) return null;
  return (
    <nav className={css.neighbours} aria-label={t("ticket.neighbours")}>
      <div className={css.neighboursHead}>
        <span className="meta">{q ? t("queue.found", { q }) : t(`queue.view.${view}`)}</span>
        <span>
          <Button type="text" size="small" icon={<UpOutlined />} disabled={at <= 0} onClick={() => go(-1)} aria-label={t("ticket.previous")} title={`${t("ticket.previous")} [`} />
          <Button type="text" size="small" icon={<DownOutlined />} disabled={at >= shown.length - 1} onClick={() => go(1)} aria-label={t("ticket.next")} title={`${t("ticket.next")} ]`} />
        </span>
      </div>
      <ul className={css.neighbourList}>
        {shown.map((was) => {
          const row = now.get(was.id) ?? was;
          return (
            <li key={row.id} data-gone={now.has(row.id) ? undefined : true}>
              <Link to="/tickets/$id" params={{ id: row.id }} search={search} className={css.neighbour} ref={row.id === id ? current : null} aria-current={row.id === id ? "page" : undefined}>
                <span className={css.neighbourTop}>
                  {now.has(row.id) ? <MainClock row={row} named={false} /> : <span className="meta">{t("ticket.left_list")}</span>}
                  {row.number}
                </span>
                <span className={css.neighbourSubject} title={row.subject} style={{ display: "block" }}>
                  {row.subject}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
