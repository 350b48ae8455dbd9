/** Reading and changing people, with the cache kept in step. */
import { useQueryClient } from "@tanstack/react-query";
import type { Problem, Schema } from "@api";
import { $api } from "@ground/api/query";

export type Person = Schema<"Person">;
export type PersonRow = Schema<"PersonRow">;

export const roles = ["admin", "supervisor", "agent", "dispatcher", "engineer", "storekeeper", "quality", "finance", "acquirer", "auditor"] as const satisfies readonly Schema<"Role">[];

const keyOf = (id: string) => $api.queryOptions("get", "/api/v1/users/{id}", { params: { path: { id } } }).queryKey;

export const usePerson = (id: string) => $api.useQuery("get", "/api/v1/users/{id}", { params: { path: { id } } });

/** Names of branches and partners; there are few, one page holds them. */
export function usePlaces() {
  const branches = $api.useQuery("get", "/api/v1/branches", { params: { query: { limit: 200 } } }, { staleTime: 60_000 }).data?.items ?? [];
  const partners = $api.useQuery("get", "/api/v1/partners", { params: { query: { limit: 200 } } }, { staleTime: 60_000 }).data?.items ?? [];
  return { branches, partners };
}

/** What every change of a person does after its answer. An old copy is replaced by the present one; what was typed stays. */
export function useAfter(id: string, done: () => void) {
  const cache = useQueryClient();
  const look = () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/users"] });
  return {
    onSuccess: (person: Person) => {
      cache.setQueryData(keyOf(id), person);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/users/{id}/sessions"] });
      look();
      done();
    },
    onError: (problem: Problem) => {
      if (problem.code === "stale" && problem.current) cache.setQueryData(keyOf(id), problem.current);
    },
  };
}
