/** How far a visit is, worked out from what the server says is missing. */
import type { Schema } from "@api";

export type Page = Schema<"WorkOrderPage">;
export type Gap = Schema<"Gap">;

/** The parts of the work, in the order it is done. */
export const stages = ["diagnosis", "quote", "backup", "work", "parts", "test", "restore", "delivered", "confirm"] as const;
export type Stage = (typeof stages)[number];

/** What was ordered is not broken: it is delivered, and nobody looks for a fault in it. */
export const isOrdered = (page: Page) => page.order.kind === "service";

/** The parts of the work that this visit has. */
export const stagesOf = (page: Page): Stage[] =>
  stages.filter((stage) => (stage === "diagnosis" || stage === "quote" ? !isOrdered(page) : stage === "delivered" ? isOrdered(page) : stage === "restore" ? page.order.backup === "done" && page.allowed.includes("restore") : stage === "test" ? page.steps.some((step) => step.phase === "test") : true));

const stageOfGap: Record<string, Stage> = {
  diagnosis: "diagnosis",
  quote: "quote",
  backup: "backup",
  swap_unit: "parts",
  installed_unit: "parts",
  tid: "delivered",
  photo: "work",
  shown: "test",
  "na_why:handover": "test",
  step: "work",
  step_failed: "work",
  test: "test",
  test_failed: "test",
  follow_up: "test",
  restore: "restore",
  delivered: "delivered",
};

/** Where a gap is closed; what this page does not know yet is closed with the work. */
export const stageOf = (gap: Gap): Stage => stageOfGap[gap.code] ?? stageOfGap[gap.code.split(":")[0]!] ?? "work";

/** The gaps of each part of the work. */
export function gapsByStage(gaps: readonly Gap[]): Record<Stage, Gap[]> {
  const sorted = Object.fromEntries(stages.map((s) => [s, []])) as unknown as Record<Stage, Gap[]>;
  for (const gap of gaps) sorted[stageOf(gap)].push(gap);
  return sorted;
}

/** What comes next: the first part with a gap, and the confirmation when there is none. */
export function nextStage(gaps: readonly Gap[]): Stage {
  const sorted = gapsByStage(gaps);
  return stages.find((s) => sorted[s].length > 0) ?? "confirm";
}

/** Work can be recorded. */
export const isAtWork = (page: Page) => page.order.state === "on_site" || page.order.state === "repaired";

const over: ReadonlySet<Page["order"]["state"]> = new Set(["done", "failed", "cancelled"]);
export const isOver = (state: Page["order"]["state"]) => over.has(state);

/** Parts that are a terminal: their serials are those of terminals. */
const units: ReadonlySet<string> = new Set(["swap_unit", "new_unit"]);
export const isUnit = (part: string) => units.has(part);

/** The serials before and after all changes of the unit; null when there was none or it was undone. */
export function swapped(used: readonly Schema<"PartRow">[]): { old: string; new: string } | null {
  const changes = used.filter((row) => isUnit(row.part));
  const [first, last] = [changes.find((row) => row.old_serial)?.old_serial, changes.at(-1)?.new_serial];
  return first && last && first !== last ? { old: first, new: last } : null;
}

/** The unit that stands there now. */
export const standing = (page: Page) => page.parts_used.filter((row) => isUnit(row.part)).at(-1)?.new_serial ?? page.terminal?.serial_no ?? null;

/** When the visit passed a point, from its history; the last time counts. */
export const passed = (page: Page, code: string) => page.history.findLast((line) => line.code === code)?.at ?? null;

/** A serial as it is compared: what a hand types differs in spaces, dashes and case. */
export const plainSerial = (typed: string) => typed.replace(/[\s-]/g, "").toUpperCase();
