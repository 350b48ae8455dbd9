/** What a case costs the merchant and how far they have agreed; read in one piece, changed by an offer, an answer, a waiver. */
import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";

export type Costs = Schema<"Costs">;
export type Quote = Schema<"Quote">;

const params = (id: string) => ({ path: { id } });

export const useCosts = (id: string) => $api.useQuery("get", "/api/v1/tickets/{id}/quotes", { params: params(id) }, { refetchInterval: LOOK_EVERY });

/** Whatever shows the case looks again: its costs, its page, the visit that waited for a yes. */
export function useMoneyAgain() {
  const cache = useQueryClient();
  return () => {
    for (const path of ["/api/v1/tickets/{id}/quotes", "/api/v1/tickets/{id}", "/api/v1/tickets/{id}/timeline", "/api/v1/work-orders/{id}"]) void cache.invalidateQueries({ queryKey: ["get", path] });
  };
}

export function useMoney(id: string, done?: () => void) {
  const cache = useQueryClient();
  const again = useMoneyAgain();
  const after = {
    onSuccess: () => {
      again();
      done?.();
    },
    onError: () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}/quotes"] }),
  };
  const make = $api.useMutation("post", "/api/v1/tickets/{id}/quotes", after);
  const answer = $api.useMutation("post", "/api/v1/tickets/{id}/quotes/{quote}/answer", after);
  const waive = $api.useMutation("post", "/api/v1/tickets/{id}/charge-waiver", after);
  return {
    make,
    answer,
    waive,
    offer: (lines: Schema<"Asked">[]) => make.mutate({ params: params(id), body: { lines } }),
    say: (quote: string, body: Schema<"QuoteAnswered">) => answer.mutate({ params: { path: { id, quote } }, body }),
    letGo: (reason: string) => waive.mutate({ params: params(id), body: { reason } }),
  };
}

/** The offer that waits for an answer. */
export const waiting = (costs: Costs) => costs.items.find((quote) => quote.state === "offered");

/** A line as it is asked for again. */
export const asked = (line: Schema<"Charge">): Schema<"Asked"> => ({ code: line.code, quantity: line.quantity, cost: null });
