/** Where an instant lies on the day's line, and which hours the line shows. */
import type { Schema } from "@api";

type Span = Schema<"Span">;

const HOUR = 3_600_000;
/** The house's zone has no summer time: eight hours east, always. */
const EAST = 8 * HOUR;

export type Scale = { from: number; to: number; hours: number[] };

/** Midnight of a civil day in the house's zone. */
export const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`) - EAST;

/** From seven to eight in the evening, and further where something lies outside. */
export function scaleOf(date: string, spans: readonly (Span | null | undefined)[]): Scale {
  const zero = midnight(date);
  let [first, last] = [7, 20];
  for (const span of spans) {
    if (!span) continue;
    const [from, to] = [Date.parse(span.from), Date.parse(span.to)];
    if (to <= zero || from >= zero + 24 * HOUR) continue;
    first = Math.max(0, Math.min(first, Math.floor((from - zero) / HOUR)));
    last = Math.min(24, Math.max(last, Math.ceil((to - zero) / HOUR)));
  }
  return { from: zero + first * HOUR, to: zero + last * HOUR, hours: Array.from({ length: last - first }, (_, i) => first + i) };
}

/** Left edge and width in per cent; null when nothing of it is on the line. */
export function placeOf(scale: Scale, from: string | number, to: string | number): { left: number; width: number } | null {
  const at = (instant: string | number) => (typeof instant === "number" ? instant : Date.parse(instant));
  const [a, b] = [Math.max(at(from), scale.from), Math.min(at(to), scale.to)];
  if (b <= a) return null;
  const share = 100 / (scale.to - scale.from);
  return { left: (a - scale.from) * share, width: (b - a) * share };
}

/** The day before or after. */
export const shifted = (date: string, days: number) => new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);

/** Lanes for bars that overlap: each bar takes the first lane that is free. Takes them in order of their beginning. */
export function lanes(spans: readonly Span[]): number[] {
  const ends: number[] = [];
  return spans.map((span) => {
    const from = Date.parse(span.from);
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = Date.parse(span.to);
    return lane;
  });
}

const QUARTER = 15 * 60_000;

/** The quarter of an hour under the pointer, `share` of the way along the line. */
export const quarterAt = (scale: Scale, share: number) => Math.floor((scale.from + Math.min(1, Math.max(0, share)) * (scale.to - scale.from)) / QUARTER) * QUARTER;
