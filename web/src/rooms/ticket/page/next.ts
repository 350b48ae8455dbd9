/** What a case needs next: the one command that stands out, and the sentence that says why. */
import type { Schema, TicketPage } from "@api";

export type Command = Schema<"CommandKind">;

/** The command that moves the case on; none when it is somebody else's turn. */
export function nextCommand({ ticket, allowed, missing, guide, work_orders }: TicketPage): Command | null {
  const can = (command: Command) => allowed.includes(command);
  const first = (...commands: Command[]) => commands.find(can) ?? null;
  if (ticket.state === "merged") return null;
  if (!ticket.claimed) return first("claim");
  if (missing.length > 0) return first("register");
  if (ticket.state === "solved") return first("confirm");
  if (ticket.waiting.length > 0) return first("resume");
  if (ticket.state === "closed" || ticket.state === "cancelled" || ticket.state === "visit") return null;
  if (guide.state === "running") return first("guide");
  if (guide.state === "ended" && guide.outcome === "visit") return first("visit", "solve");
  if (guide.state === "ended") return first("solve");
  // Somebody has to go: nobody was sent yet, or whoever was there could not mend it.
  if (ticket.decision === "onsite" && (work_orders[0]?.state ?? "failed") === "failed") return first("visit");
  if (guide.fits) return first("guide");
  return first("solve");
}

const beside: readonly Command[] = ["guide", "visit", "solve", "confirm", "reopen", "resume", "pause", "unmerge"];
const further: readonly Command[] = ["claim", "assign", "priority", "triage", "register", "add_task", "relate", "merge", "split"];

/** What stands open in a panel of its own and is no command to choose. */
const inPanel: readonly Command[] = ["fields", "quote"];

/** Everything that may be done, what moves the case on first and what ends it last. */
export function inOrder(page: TicketPage): Command[] {
  const { first, beside, more, ending } = arrange(page);
  const order = [...(first ? [first] : []), ...beside, "reply", "note", ...more, ...ending] as const;
  return [...order.filter((command) => page.allowed.includes(command)), ...page.allowed.filter((command) => !order.includes(command) && !inPanel.includes(command))];
}

/** Buttons in sight beside the first one, what waits under "more", and what ends the case, apart from the rest. */
export function arrange(page: TicketPage): { first: Command | null; beside: Command[]; more: Command[]; ending: Command[] } {
  const first = nextCommand(page);
  const can = (command: Command) => command !== first && page.allowed.includes(command);
  const inSight = beside.filter(can);
  return { first, beside: inSight.slice(0, 3), more: [...inSight.slice(3), ...further.filter(can)], ending: can("cancel") ? ["cancel"] : [] };
}
