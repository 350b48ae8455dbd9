import type { Schema } from "@api";

export type Kind = Schema<"ImportKind">;

/** In the order in which they are best imported: what others refer to comes first. */
export const kinds = ["merchants", "stores", "contacts", "terminals", "bindings"] as const satisfies readonly Kind[];

export const asKind = (value: unknown): Kind | undefined => kinds.find((kind) => kind === value);
