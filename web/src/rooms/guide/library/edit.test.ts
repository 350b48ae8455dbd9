import { describe, expect, it } from "vitest";
import { depths, indented, moved, newBody, newStep, outdented, putStep, without, type Body } from "./edit";

const body = (): Body => {
  const first = newBody();
  return { ...first, steps: [...first.steps, newStep("b"), newStep("c")] };
};

describe("writing a guide", () => {
  it("indents a step under the nearest answer above that leads nowhere", () => {
    const once = indented(body(), "b");
    expect(once.steps[0]?.answers[0]?.step).toBe("b");
    const twice = indented(once, "c");
    expect(twice.steps[1]?.answers[0]?.step).toBe("c");
    expect(depths(twice).get("c")).toBe(2);
    expect(outdented(twice, "c").steps[1]?.answers[0]?.step).toBeNull();
    expect(indented(twice, "step_1")).toEqual(twice);
  });

  it("keeps what leads to a step when it gets another name, and nothing when it goes", () => {
    const linked = indented(body(), "b");
    const renamed = putStep(linked, "b", { ...linked.steps[1]!, id: "paper" });
    expect(renamed.steps[0]?.answers[0]?.step).toBe("paper");
    expect(putStep(linked, "step_1", { ...linked.steps[0]!, id: "start" }).start).toBe("start");
    expect(without(linked, "b").steps[0]?.answers[0]?.step).toBeNull();
  });

  it("moves a step among its own and not beyond the ends", () => {
    expect(moved(body(), "b", -1).steps.map((s) => s.id)).toEqual(["b", "step_1", "c"]);
    expect(moved(body(), "c", 1).steps.map((s) => s.id)).toEqual(["step_1", "b", "c"]);
  });
});
