import { describe, expect, it } from "vitest";
import { lanes, placeOf, scaleOf, shifted } from "./scale";

const span = (from: string, to: string) => ({ from: `2026-11-26T${from}:00Z`, to: `2026-11-26T${to}:00Z` });

describe("the line of a day", () => {
  it("shows seven to twenty, and more where something lies outside", () => {
    expect(scaleOf("2026-11-26", []).hours).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    // 13:30Z is half past nine in the evening.
    expect(scaleOf("2026-11-26", [span("12:30", "13:30")]).hours.at(-1)).toBe(21);
    expect(scaleOf("2026-11-25", [span("12:30", "13:30")]).hours.at(-1)).toBe(19);
  });

  it("places bars and cuts them at its ends", () => {
    const scale = scaleOf("2026-11-26", []);
    expect(placeOf(scale, "2026-11-25T22:00:00Z", "2026-11-26T00:18:00Z")).toEqual({ left: 0, width: 10 });
    expect(placeOf(scale, "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")).toBeNull();
  });

  it("steps over the end of a month", () => expect([shifted("2026-11-30", 1), shifted("2026-03-01", -1)]).toEqual(["2026-12-01", "2026-02-28"]));
});

it("overlapping bars lie in lanes of their own", () => {
  expect(lanes([span("01:00", "03:00"), span("02:00", "04:00"), span("03:00", "05:00")])).toEqual([0, 1, 0]);
});
