/** Reading and changing sets of facts, with the cache kept in step. */
import { useQueryClient } from "@tanstack/react-query";
import type { Both, Problem, Schema } from "@api";
import { $api } from "@ground/api/query";

export type Kind = Schema<"FactKind">;
export type FactSet = Schema<"FactSet">;
export type FactField = Schema<"FactField">;
export type FactRow = Schema<"FactRow">;
/** The fields of a row, as the server's schema of its kind describes them. */
export type Values = Record<string, unknown>;

export const kinds = ["status_labels", "notice_texts", "ticket_fields", "service_items", "price_list", "warranty_terms", "faults", "response_codes", "models", "calendars"] as const satisfies readonly Kind[];

export const useSet = (kind: Kind) => $api.useQuery("get", "/api/v1/facts/sets/{kind}", { params: { path: { kind } } });

const keyOf = (kind: Kind) => $api.queryOptions("get", "/api/v1/facts/sets/{kind}", { params: { path: { kind } } }).queryKey;

/** What every change of a set does after its answer: the page is what the server says; forms and menus elsewhere read anew. */
export function useAfter(kind: Kind, done?: (set: FactSet) => void) {
  const cache = useQueryClient();
  return {
    onSuccess: (set: FactSet) => {
      cache.setQueryData(keyOf(kind), set);
      void cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/api/v1/facts") && queryKey[1] !== "/api/v1/facts/sets/{kind}" });
      done?.(set);
    },
    onError: (problem: Problem) => {
      if (problem.code === "fact.draft_changed" || problem.code === "fact.draft_behind") void cache.invalidateQueries({ queryKey: keyOf(kind) });
    },
  };
}

const isBoth = (value: unknown): value is Both => typeof value === "object" && value !== null && "zh" in value && "en" in value;

/** What a row is read by: the first text of its kind, else its code. */
export function titleOf(fields: readonly FactField[], row: Values): Both | undefined {
  const field = fields.find((f) => f.shape === "both" && isBoth(row[f.name]));
  const value = field && row[field.name];
  return isBoth(value) ? value : undefined;
}
