import { expect, it } from "vitest";
import { columnsOf, isAs, isNarrowed, listQuery, queueSearch, searchOf } from "./search";

it("reads an address and leaves out what is nothing, or what everybody has", () => {
  expect(queueSearch({ view: "open", sort: "due", layout: "list", state: "", q: "  " })).toEqual({});
  expect(queueSearch({ view: "mine", sort: "newest", layout: "kanban", state: "new,triaged", q: 831, odd: "x" })).toEqual({ view: "mine", sort: "newest", layout: "kanban", state: "new,triaged", q: "831" });
  expect(queueSearch({ view: "everything", sort: "random" })).toEqual({});
});

it("asks the server for what the address says, and for nothing that only this page knows", () => {
  expect(listQuery({ view: "mine", sort: "oldest", priority: "urgent", saved: "dvw_1", columns: "clock", layout: "kanban" })).toEqual({ view: "mine", sort: "oldest", priority: "urgent" });
  expect(isNarrowed({ view: "mine", sort: "oldest" })).toBe(false);
  expect(isNarrowed({ tier: "gold" })).toBe(true);
});

it("a saved view is its address, until something of it is changed", () => {
  const view = {
    id: "dvw_1",
    name: "急",
    share: "own" as const,
    keeper_id: "usr_1",
    keeper_name: "",
    may_change: true,
    layout: "list" as const,
    columns: ["clock" as const, "subject" as const],
    sort: "oldest" as const,
    queue: "open" as const,
    filter: { priority: "high,urgent" },
    updated_at: "",
    version: 1,
  };
  const search = searchOf(view);
  expect(search).toEqual({ saved: "dvw_1", sort: "oldest", columns: "clock,subject", priority: "high,urgent" });
  expect(isAs(search, view)).toBe(true);
  expect(isAs({ ...search, tier: "gold" }, view)).toBe(false);
  expect(columnsOf({ columns: "subject,colour,clock" })).toEqual(["subject", "clock"]);
});
