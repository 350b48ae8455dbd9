import { describe, expect, it } from "vitest";
import type { TicketRow } from "@api";
import { asTile, holders, rowsOf, type Tile } from "./tiles";

const now = Date.parse("2026-11-26T06:00:00Z");

const row = (id: string, minutes: number, over: Partial<TicketRow> = {}): TicketRow =>
  ({
    id,
    claimed: true,
    owner: { id: "usr_a", name: "A" },
    tier: "standard",
    handed: 0,
    waiting: [],
    look_at: "resolution",
    resolution: {
      kind: "resolution",
      level: minutes < 0 ? "late" : "tight",
      target_s: 3600,
      consumed_s: 0,
      remaining_s: minutes * 60,
      due_at: new Date(now + minutes * 60_000).toISOString(),
      computed_at: new Date(now).toISOString(),
      paused_reasons: [],
    },
    ...over,
  }) as TicketRow;

const rows = [row("a", -5), row("b", -1, { claimed: false, owner: { id: "usr_d", name: "D" } }), row("c", 8), row("d", 30, { tier: "gold", handed: 3 }), row("e", -9, { waiting: ["waiting_parts"], owner: { id: "usr_b", name: "B" } })];

describe("tiles", () => {
  it.each<[Tile, string]>([
    ["all", "abcde"],
    ["late", "abe"],
    ["late_unclaimed", "b"],
    ["ten_minutes", "c"],
    ["passed_around", "d"],
    ["gold", "d"],
    ["waiting_late", "e"],
  ])("%s", (tile, ids) => expect(rowsOf(tile, rows, now).map((r) => r.id).join("")).toBe(ids));

  it("a minute later one more is late", () => expect(rowsOf("late", rows, now + 9 * 60_000).length).toBe(4));

  it("an address that names none shows all", () => expect([asTile("x"), asTile("all"), asTile("late")]).toEqual([undefined, undefined, "late"]));
});

it("what nobody took on stands first, then people by name", () => {
  expect(holders(rows, now).map(({ name, due, late }) => [name, due, late])).toEqual([
    ["D", 0, 1],
    ["A", 2, 1],
    ["B", 0, 1],
  ]);
});
