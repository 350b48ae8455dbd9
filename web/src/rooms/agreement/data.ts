/** Reading and writing statements, with the cache kept in step. */
import { useQueryClient } from "@tanstack/react-query";
import type { Problem, Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";

export type Page = Schema<"StatementPage">;
export type Line = Schema<"StatementLine">;
export type Dispute = Schema<"StatementDispute">;

const asked = (id: string, version?: number) => ({ params: { path: { id }, query: version ? { version } : {} } });

/** What is signed is looked at again for what others say of it; a preview counts a whole month, and is counted again when somebody asks. */
export const useStatement = (id: string, version?: number) =>
  $api.useQuery("get", "/api/v1/statements/{id}", asked(id, version), { refetchInterval: (query) => (query.state.data?.signed ? LOOK_EVERY : false) });

/** Takes in what a command answered with; an old copy is replaced by the present one, what was typed stays. */
export function useAfter(onDone: (page: Page) => void) {
  const cache = useQueryClient();
  const takeIn = (page: Page) => {
    // Every version of it shows the same exclusions, disputes and versions beside its own figures.
    for (const path of ["/api/v1/statements/{id}", "/api/v1/statements/{id}/lines", "/api/v1/statements", "/api/v1/statement-month"]) void cache.invalidateQueries({ queryKey: ["get", path] });
    cache.setQueryData($api.queryOptions("get", "/api/v1/statements/{id}", asked(page.id)).queryKey, page);
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
