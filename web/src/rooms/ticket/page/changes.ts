/** What differs between the page somebody had in front of them and the page as it is now. */
import type { TicketPage } from "@api";
import type { Key } from "@ground/i18n/words";
import type { Translate } from "@ground/i18n/Words";

export type Change = { what: Key; before: string; now: string };

export function changes(seen: TicketPage, now: TicketPage, t: Translate): Change[] {
  const waiting = ({ ticket }: TicketPage) => ticket.waiting.map((w) => t(`waiting.${w}`)).join(t("list.comma")) || t("stale.nothing");
  const owner = ({ ticket }: TicketPage) => (ticket.claimed ? ticket.owner.name : t("ticket.unclaimed_of", { name: ticket.owner.name }));
  const rows: [Key, (page: TicketPage) => string][] = [
    ["queue.state", (p) => t(`ticket_state.${p.ticket.state}`)],
    ["queue.owner", owner],
    ["queue.priority", (p) => t(`priority.${p.ticket.priority}`)],
    ["stale.waiting", waiting],
    ["queue.symptom", (p) => p.ticket.subject],
    ["fact.fault", (p) => p.ticket.fault_code ?? t("stale.nothing")],
    ["stale.lines", (p) => String(p.lines)],
  ];
  return rows.map(([what, of]) => ({ what, before: of(seen), now: of(now) })).filter(({ before, now: after }) => before !== after);
}
