import { expect, it } from "vitest";
import { bulkBody, reasonsOf, type BulkRow } from "./bulk";

const row = (id: string, detail?: string): BulkRow => ({
  id,
  number: id,
  subject: "",
  end: detail ? "refused" : "changed",
  problem: detail ? { type: "", title: "", status: 409, code: "ticket.closed", detail } : null,
});

it("says which tickets by their ids, or by the list they stand in", () => {
  const command = { do: "claim" as const };
  expect(bulkBody({ ids: ["a", "b"] }, command)).toEqual({ ids: ["a", "b"], command });
  expect(bulkBody({ all: { view: "unclaimed", sort: "oldest", tier: "gold", columns: "clock" } }, command)).toEqual({ matching: { view: "unclaimed", filter: { tier: "gold" } }, command });
});

it("gathers refusals by their reason, the most frequent first", () => {
  const reasons = reasonsOf([row("1"), row("2", "closed"), row("3", "under way"), row("4", "under way")]);
  expect(reasons.map((r) => [r.problem.detail, r.rows.map((x) => x.id)])).toEqual([
    ["under way", ["3", "4"]],
    ["closed", ["2"]],
  ]);
});
