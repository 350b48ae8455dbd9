/** Reading and writing the board, with the cache kept in step. */
import { useQueryClient } from "@tanstack/react-query";
import type { Problem, Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";

export type Row = Schema<"WorkOrderRow">;
export type Page = Schema<"WorkOrderPage">;
export type Plan = Schema<"PlanShown">;
export type Span = Schema<"Span">;
export type Verdict = Schema<"OfferVerdict">;
/** An order dropped on somebody's line: whom to ask, and for when. */
export type Dropped = { engineer: string; planned: Span };

/** How often a plan that is being searched for is read again, in milliseconds. */
const SEARCHING = 1000;

const orderKey = (id: string) => $api.queryOptions("get", "/api/v1/work-orders/{id}", { params: { path: { id } } }).queryKey;

export const useBoard = (date: string) => $api.useQuery("get", "/api/v1/dispatch/board", { params: { query: { date } } }, { refetchInterval: LOOK_EVERY });

export const useOrder = (id: string) => $api.useQuery("get", "/api/v1/work-orders/{id}", { params: { path: { id } } }, { refetchInterval: LOOK_EVERY });

export const useCandidates = (id: string, on: boolean) => $api.useQuery("get", "/api/v1/work-orders/{id}/candidates", { params: { path: { id } } }, { enabled: on });

/** What an offer to somebody from an instant on would meet. */
export const useVerdict = (id: string, wish: { engineer: string; from: string } | null) =>
  $api.useQuery("get", "/api/v1/work-orders/{id}/verdict", { params: { path: { id }, query: { engineer_id: wish?.engineer ?? "", from: wish?.from ?? "" } } }, { enabled: wish !== null, retry: false, staleTime: 15_000 });

/** Who could take an order on a day, with the planner's price. */
export const useSuggestions = (id: string, date: string) => $api.useQuery("get", "/api/v1/work-orders/{id}/suggestions", { params: { path: { id }, query: { date, limit: 6 } } }, { retry: false });

export const usePlans = (date: string) => $api.useQuery("get", "/api/v1/dispatch/plans", { params: { query: { date, limit: 10 } } }, { refetchInterval: ({ state }) => (state.data?.items.some((p) => p.state === "running") ? SEARCHING : LOOK_EVERY) });

export const usePlan = (id: string | undefined) =>
  $api.useQuery("get", "/api/v1/dispatch/plans/{id}", { params: { path: { id: id ?? "" } } }, { enabled: id !== undefined, refetchInterval: ({ state }) => (state.data?.plan.state === "running" ? SEARCHING : LOOK_EVERY) });

/** Lets everything that shows the day look again. */
export function useLookAgain() {
  const cache = useQueryClient();
  return () => {
    for (const path of ["/api/v1/dispatch/board", "/api/v1/dispatch/plans", "/api/v1/dispatch/plans/{id}", "/api/v1/work-orders/{id}", "/api/v1/work-orders/{id}/candidates"]) void cache.invalidateQueries({ queryKey: ["get", path] });
  };
}

/** What a command on an order does after its answer. An old copy is replaced by the present one; what was typed stays. */
export function useAfterCommand(id: string, done: () => void) {
  const cache = useQueryClient();
  const look = useLookAgain();
  return {
    onSuccess: (page: Page) => {
      cache.setQueryData(orderKey(id), page);
      look();
      done();
    },
    onError: (problem: Problem) => {
      if (problem.code === "stale" && problem.current) cache.setQueryData(orderKey(id), problem.current);
      if (problem.status === 409) look();
    },
  };
}
