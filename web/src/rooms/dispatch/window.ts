import type { Span } from "./data";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Within a quarter of an hour nobody comes; the server's rule says the same. */
const LEAD = 15 * MINUTE;

const down = (at: number, step: number) => Math.floor(at / step) * step;
const up = (at: number, step: number) => Math.ceil(at / step) * step;

/** Two whole hours around the plan: what a merchant can be told. One that has begun begins when somebody can have set out. */
export function windowAround(planned: Span, now: number): Span {
  const at = Date.parse(planned.from);
  const hour = down(at, HOUR);
  const from = hour >= now + LEAD ? hour : Math.max(hour, Math.min(up(now + LEAD, LEAD), down(at, 5 * MINUTE)));
  const to = Math.max(hour + 2 * HOUR, from + HOUR, up(Date.parse(planned.to), HOUR));
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
