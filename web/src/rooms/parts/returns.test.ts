import { describe, expect, it } from "vitest";
import { nextSteps } from "./returns";

describe("what can be done with a returned part", () => {
  it.each([
    ["carried", null, "receive write_off"],
    ["here", null, "find"],
    ["here", "good", "stock find"],
    ["here", "repairable", "repair send scrap find"],
    ["here", "dead", "send scrap find"],
    ["at_vendor", "dead", "take_back credit"],
    ["stocked", "good", ""],
    ["missing", null, ""],
  ] as const)("%s, %s", (state, finding, wanted) => {
    expect(nextSteps({ state, finding }).join(" ")).toBe(wanted);
  });
});
