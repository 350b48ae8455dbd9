import { describe, expect, it } from "vitest";
import type { TicketPage } from "@api";
import { arrange, inOrder, nextCommand, type Command } from "./next";

const all: Command[] = ["claim", "assign", "register", "reply", "note", "priority", "pause", "resume", "triage", "guide", "visit", "solve", "confirm", "reopen", "cancel", "merge", "unmerge", "relate", "add_task", "split"];

type Over = { state?: string; claimed?: boolean; waiting?: string[]; decision?: string | null; missing?: string[]; allowed?: Command[]; guide?: object; work_orders?: object[] };

const page = ({ state = "triaged", claimed = true, waiting = [], decision = null, missing = [], allowed = all, guide = {}, work_orders = [] }: Over) =>
  ({ ticket: { state, claimed, waiting, decision }, missing, allowed, guide, work_orders }) as unknown as TicketPage;

describe("the command that stands out", () => {
  it.each<[string, Over, Command | null]>([
    ["nobody took it on", { claimed: false }, "claim"],
    ["nobody took it on, and one may not", { claimed: false, allowed: ["note"] }, null],
    ["facts are missing", { state: "new", missing: ["contact"] }, "register"],
    ["it waits", { waiting: ["waiting_parts"] }, "resume"],
    ["the merchant has to confirm", { state: "solved" }, "confirm"],
    ["a walk is under way", { guide: { state: "running", fits: { id: "x" } } }, "guide"],
    ["a walk ended on site", { guide: { state: "ended", outcome: "visit" } }, "visit"],
    ["a walk solved it", { guide: { state: "ended", outcome: "fixed" } }, "solve"],
    ["triage said on site", { decision: "onsite", guide: { fits: { id: "x" } } }, "visit"],
    ["a visit failed", { decision: "onsite", guide: { fits: { id: "x" } }, work_orders: [{ state: "failed" }, { state: "done" }] }, "visit"],
    ["a visit was called off", { decision: "onsite", guide: { fits: { id: "x" } }, work_orders: [{ state: "cancelled" }] }, "guide"],
    ["a guide fits", { guide: { fits: { id: "x" } } }, "guide"],
    ["no guide fits", {}, "solve"],
    ["somebody is on the way", { state: "visit" }, null],
    ["it goes on elsewhere", { state: "merged", claimed: false }, null],
    ["it is over", { state: "closed" }, null],
  ])("%s", (_, over, expected) => expect(nextCommand(page(over))).toBe(expected));
});

it("every allowed command stands in exactly one place; words have their own", () => {
  const { first, beside, more, ending } = arrange(page({}));
  const placed = [first, ...beside, ...more, ...ending].toSorted();
  expect(placed).toEqual(all.filter((c) => c !== "reply" && c !== "note").toSorted());
  expect(beside.length).toBeLessThanOrEqual(3);
});

it("the palette begins with what moves the case on, ends with what ends it, and leaves nothing out", () => {
  const order = inOrder(page({ claimed: false }));
  expect([order[0], order.at(-1)]).toEqual(["claim", "cancel"]);
  expect(order.toSorted()).toEqual(all.toSorted());
  expect(inOrder(page({ state: "closed", allowed: ["note", "reopen"] }))).toEqual(["reopen", "note"]);
});
