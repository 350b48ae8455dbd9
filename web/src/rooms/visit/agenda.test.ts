import { expect, it } from "vitest";
import type { Schema } from "@api";
import { agenda } from "./agenda";

type Row = Schema<"WorkOrderRow">;
const row = (id: string, state: Row["state"], from: string) => ({ id, state, planned: { from, to: from } }) as Row;
const ids = (rows: readonly Row[]) => rows.map((r) => r.id);

it("puts what is under way first and keeps what yesterday left", () => {
  const sorted = agenda(
    [
      row("tomorrow", "accepted", "2026-11-27T01:00:00Z"),
      row("noon", "accepted", "2026-11-26T04:00:00Z"),
      row("left over", "accepted", "2026-11-25T04:00:00Z"),
      row("at it", "on_site", "2026-11-26T06:00:00Z"),
      row("asked", "offered", "2026-11-28T04:00:00Z"),
      row("behind", "done", "2026-11-26T01:00:00Z"),
      row("nobody goes", "cancelled", "2026-11-26T07:00:00Z"),
      row("nobody went", "cancelled", "2026-11-25T07:00:00Z"),
      row("long behind", "done", "2026-11-25T01:00:00Z"),
    ],
    new Date("2026-11-26T03:00:00Z"),
  );
  expect(sorted.next?.id).toBe("at it");
  expect(ids(sorted.today)).toEqual(["left over", "noon"]);
  expect(ids(sorted.later)).toEqual(["tomorrow"]);
  expect(ids(sorted.offers)).toEqual(["asked"]);
  expect(ids(sorted.finished)).toEqual(["behind"]);
  expect(ids(sorted.calledOff)).toEqual(["nobody goes"]);
});
