import type { Schema } from "@api";

export type Kind = Schema<"ImportKind">;

/** In the order in which they are best imported: what others refer to comes first. */
export const kinds = ["merchants", "stores", "contacts", "terminals", "bindings", "users", "parts"] as const satisfies readonly Kind[];

/** The action without which files of this kind are refused. */
export const needs: Partial<Record<Kind, string>> = { users: "user.manage", parts: "part.manage" };

export const asKind = (value: unknown): Kind | undefined => kinds.find((kind) => kind === value);
