import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";

export type Page = Schema<"TerminalPage">;

/** What every command on a terminal does with its answer: its page and the lists are read again. */
export function useAfter(done: (page: Page) => void) {
  const cache = useQueryClient();
  const again = () => {
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/terminals/{id}"] });
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/terminals"] });
  };
  return {
    onSuccess: (page: Page) => {
      again();
      done(page);
    },
    onError: again,
  };
}
