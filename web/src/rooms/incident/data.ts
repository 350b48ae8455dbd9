/** Reading and writing incidents, with the cache kept in step. */
import { useQueryClient } from "@tanstack/react-query";
import type { Problem, Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";

type Page = Schema<"IncidentPage">;

const keyOf = (id: string) => $api.queryOptions("get", "/api/v1/incidents/{id}", { params: { path: { id } } }).queryKey;

/** A broadcast goes out some reporters at a time: while one does, the page looks again sooner. */
export const useIncident = (id: string) =>
  $api.useQuery("get", "/api/v1/incidents/{id}", { params: { path: { id } } }, { refetchInterval: (query) => (query.state.data?.broadcasts.some((b) => !b.done_at) ? 2_000 : LOOK_EVERY) });

/** Takes in what a command answered with; an old copy is replaced by the present one, what was typed stays. */
export function useAfter(onDone: (page: Page) => void) {
  const cache = useQueryClient();
  const takeIn = (page: Page) => {
    cache.setQueryData(keyOf(page.incident.id), page);
    for (const path of ["/api/v1/incidents", "/api/v1/incidents/{id}/tickets"]) void cache.invalidateQueries({ queryKey: ["get", path] });
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}"] });
  };
  return {
    onSuccess: (page: Page) => {
      takeIn(page);
      onDone(page);
    },
    onError: (problem: Problem) => {
      if (problem.code === "stale" && problem.current) takeIn(problem.current as Page);
    },
  };
}
