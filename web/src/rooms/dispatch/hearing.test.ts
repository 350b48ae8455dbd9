import { expect, it } from "vitest";
import type { Schema } from "@api";
import { heardOf, hearing } from "./hearing";

const stop = (id: string, what: Schema<"Hearing"> | null) => ({ order: { id }, told: what && { what } }) as unknown as Schema<"PlanStopRow">;
const route = (name: string, ...stops: Schema<"PlanStopRow">[]) => ({ engineer: { id: name, name }, stops });

it("says of a plan who hears what, what needs a person first", () => {
  const routes = [route("Wang", stop("1", "stands"), stop("2", "on_accept"), stop("3", null)), route("Li", stop("4", "on_accept"))];
  const all = heardOf(routes, [stop("5", "duty"), stop("6", null)], new Set());
  expect(hearing(all).map(({ what, stops }) => [what, ...stops.map((one) => one.stop.order.id + (one.engineer ?? ""))])).toEqual([
    ["duty", "5"],
    ["on_accept", "2Wang", "4Li"],
    ["stands", "1Wang"],
  ]);
  // What is left out of a plan tells nobody; a promise nobody can keep is known all the same.
  expect(heardOf(routes, [stop("5", "duty")], new Set(["1", "2", "4"])).map(({ stop }) => stop.order.id)).toEqual(["5"]);
});
