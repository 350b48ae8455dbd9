/** Short names for what the API document calls things. The long form is generated: `npm run gen`. */
import type { components, paths } from "./schema";

export type { paths };

type Schemas = components["schemas"];

/** A named shape of the API document: `Schema<"Clock">`. */
export type Schema<Name extends keyof Schemas> = Schemas[Name];

export type Clock = Schema<"Clock">;
export type ClockKind = Schema<"ClockKind">;
export type Level = Schema<"Level">;
export type Me = Schema<"Me">;
export type Priority = Schema<"Priority">;
export type Problem = Schema<"Problem">;
export type Role = Schema<"Role">;
/** A text of a data file, in both languages. */
export type Both = Schema<"Text">;
export type WorkOrderState = Schema<"WorkOrderState">;
export type TicketPage = Schema<"TicketPage">;
export type TicketRow = Schema<"TicketRow">;
export type TicketLine = Schema<"TicketLine">;
export type TicketState = Schema<"TicketState">;
