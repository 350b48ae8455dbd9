import { expect, it } from "vitest";
import { windowAround } from "./window";

const at = (clock: string) => `2026-11-24T${clock}:00.000Z`;

it.each([
  // now, planned, promised
  ["08:00", ["10:45", "11:25"], ["10:00", "12:00"]],
  ["09:45", ["10:45", "11:25"], ["10:00", "12:00"]],
  ["10:00", ["10:15", "10:55"], ["10:15", "12:00"]],
  // Three past one: not "from one".
  ["13:03", ["13:20", "14:00"], ["13:20", "15:00"]],
  ["13:03", ["13:55", "14:35"], ["13:30", "15:00"]],
  ["13:41", ["13:58", "14:30"], ["13:55", "15:00"]],
  // Work that is longer than the window stretches it.
  ["08:00", ["10:45", "12:20"], ["10:00", "13:00"]],
] as const)("at %s a visit planned for %s is promised for %s", (now, [from, to], [opens, closes]) => {
  const promised = windowAround({ from: at(from), to: at(to) }, Date.parse(at(now)));
  expect(promised).toEqual({ from: at(opens), to: at(closes) });
  expect(Date.parse(promised.from)).toBeLessThanOrEqual(Date.parse(at(from)));
});
