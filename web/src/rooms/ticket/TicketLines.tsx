import { Link } from "@tanstack/react-router";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { PriorityLabel } from "@ground/labels/Labels";
import { StateLabel } from "./labels";
import css from "./ticket.module.css";

type Props = {
  tickets: readonly Schema<"RegistryTicket">[];
  empty: Key;
  /** Names the terminal of each line, where there are several. */
  terminals?: readonly { id: string; serial_no: string; model: string }[];
};

/** Tickets in one line each, on the pages of a merchant or a terminal. Two open ones of one terminal are pointed at. */
export function TicketLines({ tickets, empty, terminals }: Props) {
  const { t, f } = useWords();
  if (tickets.length === 0) return <p className={css.quiet}>{t(empty)}</p>;
  const seen = new Set<string>();
  return (
    <ul className={css.lines}>
      {tickets.map((ticket) => {
        const again = !ticket.closed_at && ticket.terminal_id != null && seen.has(ticket.terminal_id);
        if (ticket.terminal_id) seen.add(ticket.terminal_id);
        const terminal = terminals?.find((one) => one.id === ticket.terminal_id);
        return (
          <li key={ticket.id} className={css.line}>
            <Link to="/tickets/$id" params={{ id: ticket.id }}>
              {ticket.number}
            </Link>
            <span className={css.subject}>
              {ticket.subject} {terminal && <span className={css.quiet}>{terminal.model}</span>}
              {again && <em className={css.again}> {t("merchant.same_terminal_twice")}</em>}
            </span>
            <PriorityLabel priority={ticket.priority} />
            <StateLabel state={ticket.state} />
            <span className={css.quiet}>{ticket.owner_name}</span>
            <span className={css.when}>{ticket.closed_at ? f.date(ticket.closed_at) : f.moment(ticket.opened_at)}</span>
          </li>
        );
      })}
    </ul>
  );
}
