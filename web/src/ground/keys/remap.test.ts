import { expect, it } from "vitest";
import { meant, pressedFor, taken } from "./remap";

it("a moved key means what it was moved for, and nothing where it was", () => {
  const moved = { j: "h", "/": "q" };
  expect(["h", "j", "q", "/", "k", "Shift+h", "Shift+j"].map((key) => meant(key, moved))).toEqual(["j", null, "/", null, "k", "Shift+j", null]);
  expect([pressedFor("j", moved), pressedFor("k", moved)]).toEqual(["h", "k"]);
});

it("two keys can change places, and no key gets two meanings", () => {
  const swapped = { j: "k", k: "j" };
  expect(["j", "k"].map((key) => meant(key, swapped))).toEqual(["k", "j"]);
  expect(taken("x", "j", {})).toBe("x");
  expect(taken("x", "x", {})).toBeUndefined();
  expect(taken("h", "j", {})).toBeUndefined();
  expect(taken("g", "j", {})).toBe("g");
  expect(taken("x", "j", { x: "q" })).toBeUndefined();
});
