/** The queues of the desk, in the order people look at them. */
import type { Schema } from "@api";

export const views = ["open", "next", "mine", "to_respond", "unclaimed", "due_soon", "passed_around", "waiting", "solved", "closed"] as const;

export type QueueView = (typeof views)[number];

export const asView = (value: unknown): QueueView | undefined => views.find((view) => view === value);

/** Closed ones are not counted: there are as many as there ever were. What comes next is an order, not a heap; what is passed around is counted on the wall. */
export const countOf = (counts: Schema<"TicketCounts"> | undefined, view: QueueView): number | undefined => (view === "closed" || view === "next" || view === "passed_around" ? undefined : counts?.[view]);
