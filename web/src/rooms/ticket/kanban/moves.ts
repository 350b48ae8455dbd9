/** Which command a move on the board stands for. The server decides whether it may; this only knows what would have to be asked. */
import type { TicketPage, TicketState } from "@api";
import type { Asked } from "../command/dialogs";
import type { Key } from "@ground/i18n/words";

/** The columns of the board: the coded states, in the order a case walks through them. */
export const columns = ["new", "triaged", "remote", "visit", "solved", "closed"] as const satisfies readonly TicketState[];
export type BoardState = (typeof columns)[number];

export type Move = { command: Asked | "guide" } | { no: Key };

const commands: { [From in BoardState]?: { [To in BoardState]?: Asked | "guide" } } = {
  new: { triaged: "register" },
  triaged: { remote: "guide", visit: "visit", solved: "solve" },
  remote: { visit: "visit", solved: "solve" },
  visit: { solved: "solve" },
  solved: { triaged: "reopen", closed: "confirm" },
  closed: { triaged: "reopen" },
};

/** The command of a move, or the sentence that says why there is none. */
export function moveOf(from: TicketState, to: BoardState): Move {
  const command = from === "cancelled" || from === "merged" ? undefined : commands[from]?.[to];
  if (command) return { command };
  if (to === "new") return { no: "board.no_new" };
  if (from === "new") return { no: "board.no_from_new" };
  if (to === "closed") return { no: "board.no_closed" };
  if (from === "visit") return { no: "board.no_from_visit" };
  if (from === "solved" || from === "closed") return { no: "board.no_from_solved" };
  return { no: "board.no_back" };
}

/** The same for this very case, as its page stands now. */
export function mayMove(page: TicketPage, to: BoardState): Move {
  const move = moveOf(page.ticket.state, to);
  if ("no" in move || page.allowed.includes(move.command)) return move;
  return { no: page.ticket.state === "visit" ? "board.no_under_way" : "board.no_now" };
}
