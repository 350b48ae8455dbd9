import { Link } from "@tanstack/react-router";
import type { TicketRow } from "@api";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { Nothing } from "@ground/parts/Nothing";
import { useQueue } from "@rooms/ticket/data";
import { MainClock } from "@rooms/ticket/labels";
import css from "./risk.module.css";

/** Nothing is at risk: then the next three deadlines. */
export function Calm() {
  const { t } = useWords();
  const next = useRows<TicketRow>(useQueue({})).slice(0, 3);
  return (
    <Nothing kind="empty" title={t("risk.calm")} next={next.length > 0 ? t("risk.calm_next") : t("queue.empty.open")}>
      <ul className={css.calm}>
        {next.map((row) => (
          <li key={row.id}>
            <MainClock row={row} />{" "}
            <Link to="/tickets/$id" params={{ id: row.id }}>
              {row.number}
            </Link>{" "}
            {row.subject}
          </li>
        ))}
      </ul>
    </Nothing>
  );
}
