import { describe, expect, it } from "vitest";
import type { Clock } from "@api";
import { levelAt, remainingAt } from "./clock";

const at = Date.parse("2026-11-26T06:00:00Z");
const clock = (over: Partial<Clock>): Clock => ({
  kind: "resolution",
  level: "ok",
  target_s: 3600,
  consumed_s: 600,
  remaining_s: 3000,
  due_at: "2026-11-26T06:50:00Z",
  paused_reasons: [],
  computed_at: "2026-11-26T06:00:00Z",
  ...over,
});

describe("between two readings", () => {
  it("a gapless clock runs on and changes its level by itself", () => {
    const it = clock({});
    expect([remainingAt(it, at + 60_000), levelAt(it, at + 60_000)]).toEqual([2940, "ok"]);
    expect(levelAt(it, at + 20 * 60_000)).toBe("half");
    expect(levelAt(it, at + 36 * 60_000)).toBe("tight");
    expect([remainingAt(it, at + 51 * 60_000), levelAt(it, at + 51 * 60_000)]).toEqual([-60, "late"]);
  });

  it("a clock with closed hours before its deadline stays as it was read", () => {
    const it = clock({ due_at: "2026-11-26T08:20:00Z" });
    expect([remainingAt(it, at + 600_000), levelAt(it, at + 600_000)]).toEqual([3000, "ok"]);
  });

  it("a held clock stays held", () => {
    const it = clock({ level: "paused", due_at: null, paused_reasons: ["waiting_parts"] });
    expect([remainingAt(it, at + 600_000), levelAt(it, at + 600_000)]).toEqual([3000, "paused"]);
  });

  it("a device whose clock lags shows no more time than the server gave", () => {
    expect(remainingAt(clock({}), at - 600_000)).toBe(3000);
  });
});
