import { describe, expect, it } from "vitest";
import { isDrawn, type Stroke } from "./SignaturePad";

describe("a signature", () => {
  it.each<[string, Stroke[], boolean]>([
    ["nothing", [], false],
    ["a dot", [[[0, 0]]], false],
    ["a dot held", [[[7, 7], [7, 7], [7, 7], [7, 7], [7, 7]]], false],
    ["a short dash", [[[0, 0], [4, 0], [8, 0], [12, 0]]], false],
    ["one jump", [[[0, 0], [200, 0]]], false],
    ["dots far from each other", [[[0, 0]], [[90, 0]], [[0, 90]], [[90, 90]]], false],
    ["the one line of 一", [[[0, 0], [20, 1], [40, 1], [60, 0]]], true],
    ["a name", [[[12, 40], [60, 22], [118, 47]], [[40, 60], [90, 66]]], true],
  ])("%s", (_, strokes, is) => expect(isDrawn(strokes)).toBe(is));
});
