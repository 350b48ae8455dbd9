/** Reading and writing a ticket, with the cache kept in step. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { Problem, TicketPage, TicketRow } from "@api";
import { $api } from "@ground/api/query";
import { keyset, useRows } from "@ground/list/useKeyset";
import { followLists, lookEvery } from "@ground/live/useNews";
import { countQuery, listQuery, type QueueSearch } from "./search";

followLists(["/api/v1/tickets", "/api/v1/tickets/count", "/api/v1/tickets/counts", "/api/v1/desk-views"]);

const at = (id: string) => ({ params: { path: { id } } });
const keyOf = (id: string) => $api.queryOptions("get", "/api/v1/tickets/{id}", at(id)).queryKey;

export const useTicket = (id: string) => $api.useQuery("get", "/api/v1/tickets/{id}", at(id), { refetchInterval: lookEvery });

/** What may be about the same. It hardly changes while one looks, so it is not asked for again with every change of the ticket. */
export const useSimilar = (id: string) => $api.useQuery("get", "/api/v1/tickets/{id}/similar", at(id), { staleTime: 60_000 });

/** Oldest first, two hundred at a time; a timeline only grows. */
export const useTimeline = (id: string) =>
  $api.useInfiniteQuery(
    "get",
    "/api/v1/tickets/{id}/timeline",
    { params: { path: { id }, query: { limit: 200 } } },
    { pageParamName: "after", initialPageParam: null, getNextPageParam: (last) => last.next_after ?? null, refetchInterval: lookEvery },
  );

export const useQueue = (search: QueueSearch, on = true) =>
  $api.useInfiniteQuery("get", "/api/v1/tickets", { params: { query: { ...listQuery(search), limit: 50 } } }, { ...keyset, refetchInterval: lookEvery, enabled: on });

/** How many a list holds, all and by state. */
export const useCount = (search: QueueSearch, on = true) => $api.useQuery("get", "/api/v1/tickets/count", { params: { query: countQuery(search) } }, { refetchInterval: lookEvery, enabled: on });

export const useDeskViews = (on = true) => $api.useQuery("get", "/api/v1/desk-views", {}, { refetchInterval: lookEvery, enabled: on });

/** The queue or the search one came from: the rows of an address. */
export function useListed(search: QueueSearch) {
  const q = search.q ?? "";
  const queue = useQueue(search, q === "");
  const found = useSearch(q);
  const queued = useRows<TicketRow>(queue);
  return { queue, list: q === "" ? queue : found, rows: q === "" ? queued : (found.data?.items ?? nobody) };
}
const nobody: TicketRow[] = [];

export const useCounts = () => $api.useQuery("get", "/api/v1/tickets/counts", {}, { refetchInterval: lookEvery });

export const useSearch = (q: string) => $api.useQuery("get", "/api/v1/tickets/search", { params: { query: { q } } }, { enabled: q.trim().length > 0 });

export function refreshLists(cache: QueryClient) {
  for (const path of ["/api/v1/tickets", "/api/v1/tickets/count", "/api/v1/tickets/counts", "/api/v1/tickets/search", "/api/v1/desk-views"]) void cache.invalidateQueries({ queryKey: ["get", path] });
}

/** Two tickets changed at once: whatever shows one of them looks again. */
export function useForgetTickets() {
  const cache = useQueryClient();
  return () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}"] });
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
