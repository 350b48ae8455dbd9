import { describe, expect, it } from "vitest";
import { readSpans, writeSpans } from "./hours";

describe("opening hours as they are typed", () => {
  it("are read with the signs people use", () => {
    for (const text of ["09:00-12:00, 13:30-21:00", "9:00-12:00\uff0c13:30\u201321:00", "09\uff1a00~12\uff1a00\u300113:30\u81f321:00"]) {
      expect(readSpans(text), text).toEqual([
        ["09:00", "12:00"],
        ["13:30", "21:00"],
      ]);
    }
    expect(readSpans("18:00-02:00")).toEqual([["18:00", "02:00"]]);
    expect(readSpans(" ")).toEqual([]);
  });

  it("are refused when they cannot be meant", () => {
    for (const text of ["9", "09:00", "09:00-", "25:00-26:00", "09:60-10:00", "09:00-09:00", "09:00-10:00-11:00"]) expect(readSpans(text), text).toBeNull();
  });

  it("read what they write", () => {
    const spans = [
      ["00:00", "12:00"],
      ["12:30", "24:00"],
    ];
    expect(readSpans(writeSpans(spans))).toEqual(spans);
  });
});
