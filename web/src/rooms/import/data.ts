import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";

export type Page = Schema<"ImportPage">;

/** What every command on an import does with its answer: the page shows it at once, rows and troubles are read again. */
export function useAfter(id: string) {
  const cache = useQueryClient();
  const key = $api.queryOptions("get", "/api/v1/imports/{id}", { params: { path: { id } } }).queryKey;
  const again = useCallback(() => {
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/imports/{id}/rows"] });
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/imports/{id}/troubles"] });
  }, [cache]);
  return {
    onSuccess: (page: Page) => {
      cache.setQueryData(key, page);
      again();
    },
    // Somebody else went on with the same file: look again.
    onError: () => void cache.invalidateQueries({ queryKey: key }),
  };
}
