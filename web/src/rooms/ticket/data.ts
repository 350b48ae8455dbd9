/** Reading and writing a ticket, with the cache kept in step. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { Problem, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { keyset } from "@ground/list/useKeyset";
import { followLists, lookEvery } from "@ground/live/useNews";
import type { QueueView } from "./views";

followLists(["/api/v1/tickets", "/api/v1/tickets/counts"]);

const at = (id: string) => ({ params: { path: { id } } });
const keyOf = (id: string) => $api.queryOptions("get", "/api/v1/tickets/{id}", at(id)).queryKey;

export const useTicket = (id: string) => $api.useQuery("get", "/api/v1/tickets/{id}", at(id), { refetchInterval: lookEvery });

/** Oldest first, two hundred at a time; a timeline only grows. */
export const useTimeline = (id: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/v1/tickets/{id}/timeline",
    { params: { path: { id }, query: { limit: 200 } } },
    { pageParamName: "after", initialPageParam: null, getNextPageParam: (last) => last.next_after ?? null, refetchInterval: lookEvery },
  );

export const useQueue = (view: QueueView, on = true) =>
  $api.useInfiniteQuery("get", "/api/v1/tickets", { params: { query: { view, limit: 50 } } }, { ...keyset, refetchInterval: lookEvery, enabled: on });

export const useCounts = () => $api.useQuery("get", "/api/v1/tickets/counts", {}, { refetchInterval: lookEvery });

export const useSearch = (q: string) => $api.useQuery("get", "/api/v1/tickets/search", { params: { query: { q } } }, { enabled: q.trim().length > 0 });

export function refreshLists(cache: QueryClient) {
  for (const path of ["/api/v1/tickets", "/api/v1/tickets/counts", "/api/v1/tickets/search"]) void cache.invalidateQueries({ queryKey: ["get", path] });
}

/** Takes in the page a command answered with, and lets everything that shows the ticket look again. */
export function useTakeIn() {
  const cache = useQueryClient();
  return (page: TicketPage) => {
    cache.setQueryData(keyOf(page.ticket.id), page);
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}/timeline"] });
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}/clocks/{kind}"] });
    refreshLists(cache);
  };
}

/** The present page out of a "no" because of an old copy. */
export const presentPage = (problem: Problem | null): TicketPage | null => (problem?.code === "stale" && problem.current ? (problem.current as TicketPage) : null);

/**
 * What every command on a ticket does after its answer. An old copy is replaced by the present one, so that the same words can be
 * sent again; what was typed stays where it is.
 */
export function useAfterCommand(onDone: (page: TicketPage) => void) {
  const takeIn = useTakeIn();
  return {
    onSuccess: (page: TicketPage) => {
      takeIn(page);
      onDone(page);
    },
    onError: (problem: Problem) => {
      const present = presentPage(problem);
      if (present) takeIn(present);
    },
  };
}
