import { describe, expect, it } from "vitest";
import en from "@texts/web.en.json";
import zh from "@texts/web.zh.json";
import { fill } from "@ground/i18n/fill";
import { formats, isoDay } from "./format";

const chinese = formats("zh", (key, holes) => fill(zh[key], holes));
const english = formats("en", (key, holes) => fill(en[key], holes));
const now = new Date("2026-11-26T06:00:00Z"); // 14:00 in Shanghai, a Thursday

describe("moments leave out what goes without saying", () => {
  it.each([
    ["2026-11-26T05:12:00Z", "13:12", "13:12"],
    ["2026-11-25T16:00:00Z", "00:00", "00:00"],
    ["2026-11-25T15:59:00Z", "11-25 \u5468\u4e09 23:59", "Wed 25 Nov, 23:59"],
    ["2025-01-02T00:00:00Z", "2025-01-02 \u5468\u56db 08:00", "Thu 2 Jan 2025, 08:00"],
  ])("%s", (at, inChinese, inEnglish) => {
    expect(chinese.moment(at, now)).toBe(inChinese);
    expect(english.moment(at, now)).toBe(inEnglish);
  });
});

it("relative times stop at the hour", () => {
  expect(english.ago("2026-11-26T05:59:40Z", now)).toBe("just now");
  expect(english.ago("2026-11-26T05:01:00Z", now)).toBe("59 min ago");
  expect(english.ago("2026-11-26T05:00:00Z", now)).toBe("13:00");
});

it("a span names its day once", () => {
  expect(chinese.span("2026-11-26T06:00:00Z", "2026-11-26T08:00:00Z", now)).toBe("14:00–16:00");
  expect(english.span("2026-11-27T06:00:00Z", "2026-11-27T08:00:00Z", now)).toBe("Fri 27 Nov, 14:00–16:00");
});

it.each([
  [0, "0:00"],
  [59, "0:00"],
  [-2520, "0:42"],
  [11_520, "3:12"],
  [86_400, "1 d"],
  [183_600, "2 d 3 h"],
])("a length of %i seconds", (seconds, shown) => {
  expect(english.length(seconds)).toBe(shown);
});

it("money is yuan of integer fen", () => {
  expect([chinese.money(112_000), chinese.money(-8000), chinese.money(5)]).toEqual(["¥1,120.00", "−¥80.00", "¥0.05"]);
});

it("a day is the house's day", () => {
  expect(isoDay(new Date("2026-11-25T16:00:00Z"))).toBe("2026-11-26");
});

it("a count that stops says so", () => {
  expect([english.upTo(99, 99), english.upTo(100, 99), english.upTo(1000, 999)]).toEqual(["99", "99+", "999+"]);
});
