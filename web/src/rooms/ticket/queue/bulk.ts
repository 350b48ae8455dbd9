/** One command on many tickets, and what became of each. */
import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { refreshLists } from "../data";
import { countQuery, filterOf, type QueueSearch } from "../search";

export type BulkCommand = Schema<"BulkTickets">["command"];
export type BulkRow = Schema<"BulkRow">;

/** Most tickets one call changes. */
export const MOST = 500;

/** Which tickets: those picked, or all that the list shows. */
export type Which = { ids: readonly string[] } | { all: QueueSearch };

export function useBulk(onDone: (rows: BulkRow[]) => void) {
  const cache = useQueryClient();
  return $api.useMutation("post", "/api/v1/tickets/bulk", {
    onSuccess: (rows) => {
      refreshLists(cache);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}"] });
      onDone(rows);
    },
  });
}

export const bulkBody = (which: Which, command: BulkCommand): Schema<"BulkTickets"> =>
  "ids" in which ? { ids: [...which.ids], command } : { matching: { view: countQuery(which.all).view, filter: filterOf(which.all) }, command };

/** Refused rows by reason, the most frequent first. */
export function reasonsOf(rows: readonly BulkRow[]): { problem: Schema<"Problem">; rows: BulkRow[] }[] {
  const groups = new Map<string, { problem: Schema<"Problem">; rows: BulkRow[] }>();
  for (const row of rows) {
    if (!row.problem) continue;
    const key = `${row.problem.code} ${row.problem.detail}`;
    const group = groups.get(key) ?? { problem: row.problem, rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.rows.length - a.rows.length);
}
