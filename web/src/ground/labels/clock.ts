/** What a clock says at an instant, worked out from what the server computed. */
import type { Clock, Level } from "@api";

/** A shape for each level, so that it reads without colour. */
export const glyphs: Record<Level, string> = { ok: "○", half: "◐", tight: "▲", late: "■", paused: "‖", met: "✓", missed: "✕", void: "–" };

const running: ReadonlySet<Level> = new Set(["ok", "half", "tight", "late"]);

/** Levels in which time goes on. */
export const isRunning = (level: Level) => running.has(level);

/**
 * Business seconds left at an instant. Between two readings the clock is only moved on when its time is certain to have run
 * without a gap: when wall time to the deadline equals business time left. Otherwise it stays as the server said.
 */
export function remainingAt(clock: Clock, now: number): number | null {
  const left = clock.remaining_s ?? null;
  if (left === null || !running.has(clock.level) || !clock.due_at) return left;
  const [due, computed] = [Date.parse(clock.due_at), Date.parse(clock.computed_at)];
  const gapless = Math.abs((due - computed) / 1000 - left) < 2;
  return gapless ? Math.round((due - Math.max(now, computed)) / 1000) : left;
}

/** The level at an instant: a gapless clock may have passed a threshold since it was read. */
export function levelAt(clock: Clock, now: number): Level {
  if (!running.has(clock.level) || clock.target_s <= 0) return clock.level;
  const left = remainingAt(clock, now);
  if (left === null) return clock.level;
  if (left < 0) return "late";
  const used = 1 - left / clock.target_s;
  return used >= 0.75 ? "tight" : used >= 0.5 ? "half" : "ok";
}

/** Whether seconds are worth showing: the last five minutes. */
export const isFinal = (left: number | null) => left !== null && left >= 0 && left < 300;
