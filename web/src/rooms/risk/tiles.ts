/** The kinds of risk, each a set of rows of what falls due within the hour and of what is passed around. */
import type { TicketRow } from "@api";
import { levelAt, remainingAt } from "@ground/labels/clock";

const TEN_MINUTES = 600;
/** So many hands are too many. */
const PASSED_AROUND = 3;

/** The clock of a row that matters now. */
const clockOf = (row: TicketRow) => (row.look_at === "first_response" ? row.response : row.resolution) ?? null;

const late = (row: TicketRow, now: number) => {
  const clock = clockOf(row);
  return clock !== null && levelAt(clock, now) === "late";
};

const soon = (row: TicketRow, now: number) => {
  const clock = clockOf(row);
  const left = clock && remainingAt(clock, now);
  return left !== null && left >= 0 && left <= TEN_MINUTES;
};

const is = {
  all: () => true,
  late,
  late_unclaimed: (row: TicketRow, now: number) => late(row, now) && !row.claimed,
  ten_minutes: soon,
  passed_around: (row: TicketRow) => row.handed >= PASSED_AROUND,
  gold: (row: TicketRow) => row.tier === "gold",
  waiting_late: (row: TicketRow, now: number) => late(row, now) && row.waiting.length > 0,
} satisfies Record<string, (row: TicketRow, now: number) => boolean>;

export type Tile = keyof typeof is;

export const names = Object.keys(is) as Tile[];

export const asTile = (value: unknown): Tile | undefined => names.find((name) => name === value && name !== "all");

export const rowsOf = (tile: Tile, rows: readonly TicketRow[], now: number): TicketRow[] => rows.filter((row) => is[tile](row, now));

/** Who answers for how much of it, late or still to come, each once; by name, because load is not a contest. What nobody took on stands first. */
export function holders(rows: readonly TicketRow[], now: number): { id: string; name: string; claimed: boolean; due: number; late: number }[] {
  const byOwner = new Map<string, { id: string; name: string; claimed: boolean; due: number; late: number }>();
  for (const row of rows) {
    const id = `${row.owner.id} ${row.claimed}`;
    const holder = byOwner.get(id) ?? { id, name: row.owner.name, claimed: row.claimed, due: 0, late: 0 };
    holder[late(row, now) ? "late" : "due"] += 1;
    byOwner.set(id, holder);
  }
  return [...byOwner.values()].toSorted((a, b) => Number(a.claimed) - Number(b.claimed) || a.name.localeCompare(b.name, "zh"));
}
