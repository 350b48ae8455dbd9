import { expect, it } from "vitest";
import { waitBefore } from "./stream";

it("waits longer after each failure, never longer than half a minute, and not all at once", () => {
  expect([1, 2, 3].map((n) => waitBefore(n, 1))).toEqual([1000, 2000, 4000]);
  expect(waitBefore(20, 1)).toBe(30_000);
  expect(waitBefore(3, 0)).toBe(2000);
});
