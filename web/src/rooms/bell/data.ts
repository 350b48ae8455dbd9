/** One's own notifications. */
import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { keyset } from "@ground/list/useKeyset";
import { lookEvery } from "@ground/live/useNews";

export type Bell = Schema<"Bell">;

export const useBells = (limit: number, on = true) =>
  $api.useInfiniteQuery("get", "/api/v1/bell", { params: { query: { limit } } }, { ...keyset, enabled: on, refetchInterval: lookEvery });

export const useUnread = (on: boolean) => $api.useQuery("get", "/api/v1/bell/count", {}, { enabled: on, refetchInterval: lookEvery });

export function useRead() {
  const cache = useQueryClient();
  return $api.useMutation("post", "/api/v1/bell/read", {
    onSuccess: (count) => {
      cache.setQueryData($api.queryOptions("get", "/api/v1/bell/count", {}).queryKey, count);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/bell"] });
    },
  });
}
