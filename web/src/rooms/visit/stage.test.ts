import { describe, expect, it } from "vitest";
import { gapsByStage, nextStage, plainSerial, stageOf, stagesOf, swapped, type Gap, type Page } from "./stage";

const gap = (code: string): Gap => ({ code, sentence: { zh: code, en: code } });
const change = (part: string, old_serial: string | null, new_serial: string) => ({ id: `${part}${new_serial}`, part, name: { zh: "", en: "" }, old_serial, new_serial, at: "2026-11-26T02:00:00Z" });

describe("the parts of the work", () => {
  it.each([
    ["diagnosis", "diagnosis"],
    ["quote", "quote"],
    ["step:check_seal", "work"],
    ["step_failed:sim_check", "work"],
    ["test:test_sale", "test"],
    ["follow_up:location_fix", "test"],
    ["test_failed:print_test", "test"],
    ["swap_unit", "parts"],
    ["installed_unit", "parts"],
    ["tid", "delivered"],
    ["photo:photo_before", "work"],
    ["na_why:photo_before", "work"],
    ["na_why:handover", "test"],
    ["shown:handover", "test"],
    ["delivered", "delivered"],
    ["something_new", "work"],
  ])("a gap %s is closed in %s", (code, stage) => expect(stageOf(gap(code))).toBe(stage));

  it("come in the order of the work, whatever order the gaps have", () => {
    expect(nextStage([gap("restore"), gap("test:a"), gap("backup")])).toBe("backup");
    expect(nextStage([])).toBe("confirm");
    expect(gapsByStage([gap("test:a"), gap("test:b")]).test).toHaveLength(2);
  });
});

it("asks for the fault of a repair, for what was delivered of an order, and for the data only where they were saved", () => {
  const of = (kind: string, backup: string, phases = ["work", "test"], allowed = ["restore"]) => stagesOf({ order: { kind, backup }, allowed, steps: phases.map((phase) => ({ phase })) } as unknown as Page);
  expect(of("repair", "done")).toEqual(["diagnosis", "quote", "backup", "work", "parts", "test", "restore", "confirm"]);
  expect(of("swap", "refused")).toEqual(["diagnosis", "quote", "backup", "work", "parts", "test", "confirm"]);
  expect(of("service", "not_applicable")).toEqual(["backup", "work", "parts", "test", "delivered", "confirm"]);
  // What is taken away is not tried, and nothing is put back on it.
  expect(of("service", "done", ["work"], [])).toEqual(["backup", "work", "parts", "delivered", "confirm"]);
  expect(of("service", "not_applicable", ["work"])).toEqual(["backup", "work", "parts", "delivered", "confirm"]);
});

describe("a change of the unit", () => {
  it("counts from the first to the last, and not at all when it was undone", () => {
    expect(swapped([change("swap_unit", "A1", "B2"), change("print_head", "x", "y"), change("swap_unit", "B2", "C3")])).toEqual({ old: "A1", new: "C3" });
    expect(swapped([change("swap_unit", "A1", "B2"), change("swap_unit", "B2", "A1")])).toBeNull();
    expect(swapped([change("print_head", "x", "y")])).toBeNull();
  });

  it("is none where a unit was installed and none stood before", () => {
    expect(swapped([change("new_unit", null, "A1")])).toBeNull();
    expect(swapped([change("new_unit", null, "A1"), change("new_unit", "A1", "B2")])).toEqual({ old: "A1", new: "B2" });
  });

  it("compares serials as hands type them", () => expect(plainSerial(" 8210-4477 09a1")).toBe("8210447709A1"));
});
