import type { Schema } from "@api";

type Stop = Schema<"PlanStopRow">;
/** An order whose merchant hears something, and who comes. */
export type Heard = { stop: Stop; engineer: string | null };
type What = Schema<"Hearing">;

/** What needs a person first, what is still to come, what is done, what stays as it is. */
const order: readonly What[] = ["duty", "failed", "waits", "on_accept", "sent", "page", "stands"];

/** Everybody who hears something of a plan, or of the chosen part of it; whom nobody can come to hears of it whatever is chosen. */
export function heardOf(routes: readonly Schema<"PlanRoute">[], unassigned: readonly Stop[], left: ReadonlySet<string>): Heard[] {
  const coming = routes.flatMap((route) => route.stops.filter((stop) => !left.has(stop.order.id)).map((stop) => ({ stop, engineer: route.engineer.name })));
  return [...coming, ...unassigned.map((stop) => ({ stop, engineer: null }))].filter(({ stop }) => stop.told);
}

/** By what they hear. */
export const hearing = (heard: readonly Heard[]) =>
  order.map((what) => ({ what, stops: heard.filter(({ stop }) => stop.told?.what === what) })).filter(({ stops }) => stops.length > 0);
