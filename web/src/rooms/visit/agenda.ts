/** The orders of an engineer, sorted into what has to be answered, what is on, what comes, and what is behind. */
import type { Schema } from "@api";
import { isoDay } from "@ground/time/format";
import { isOver } from "./stage";

type Row = Schema<"WorkOrderRow">;

export type Agenda = { offers: Row[]; next: Row | undefined; today: Row[]; later: Row[]; finished: Row[]; calledOff: Row[] };

/** What is under way goes before what is only planned. */
const urgency = (row: Row) => (row.state === "on_site" || row.state === "repaired" ? 0 : row.state === "travelling" ? 1 : 2);
const from = (row: Row) => row.planned?.from ?? "";

/** `rows` may reach back some days: work that was begun and not ended stays on today's list until it is. */
export function agenda(rows: readonly Row[], now: Date): Agenda {
  const today = isoDay(now);
  const day = (row: Row) => (row.planned ? isoDay(new Date(row.planned.from)) : today);
  const byTime = [...rows].sort((a, b) => from(a).localeCompare(from(b)));
  const live = byTime.filter((row) => !isOver(row.state) && row.state !== "offered");
  const due = live.filter((row) => day(row) <= today).sort((a, b) => urgency(a) - urgency(b) || from(a).localeCompare(from(b)));
  return {
    offers: byTime.filter((row) => row.state === "offered"),
    next: due[0],
    today: due.slice(1),
    later: live.filter((row) => day(row) > today),
    // Whoever looks at their days sees that one is no longer in them, until it would have been over.
    calledOff: byTime.filter((row) => row.state === "cancelled" && day(row) >= today),
    finished: byTime.filter((row) => (row.state === "done" || row.state === "failed") && day(row) === today),
  };
}
