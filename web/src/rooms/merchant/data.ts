import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";

export type Page = Schema<"MerchantPage">;

/** What the dialogs offer; nobody types what the house knows. */
export const useChoices = (enabled = true) => $api.useQuery("get", "/api/v1/registry-choices", {}, { staleTime: 60_000, enabled }).data;

/** What every command on a merchant does with its answer: its page shows it, lists are read again. */
export function useAfter(id: string | undefined, done: (page: Page) => void) {
  const cache = useQueryClient();
  const keyOf = (merchant: string) => $api.queryOptions("get", "/api/v1/merchants/{id}", { params: { path: { id: merchant } } }).queryKey;
  return {
    onSuccess: (page: Page) => {
      cache.setQueryData(keyOf(page.merchant.id), page);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/merchants"] });
      done(page);
    },
    // Somebody was quicker: the page reads itself again and the words typed here stay.
    onError: () => id && void cache.invalidateQueries({ queryKey: keyOf(id) }),
  };
}
