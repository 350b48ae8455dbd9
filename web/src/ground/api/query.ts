/** Reading with a cache, writing with an answer: `$api.useQuery("get", "/api/v1/…")`, `$api.useMutation("post", …)`. */
import { onlineManager, QueryClient } from "@tanstack/react-query";
import createQueryHooks from "openapi-react-query";
import type { Problem } from "@api";
import { client } from "./client";
import { asProblem, isPassing } from "./problem";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
  }
}

export const $api = createQueryHooks(client);

// A page that opens without a network knows it from the start.
if (typeof navigator !== "undefined") onlineManager.setOnline(navigator.onLine !== false);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 10 * 60_000,
      // Asked even without a network: the telephone's worker may know the answer.
      networkMode: "offlineFirst",
      retry: (count, error) => count < 2 && isPassing(asProblem(error)),
      retryDelay: (attempt) => 800 * 2 ** attempt,
      throwOnError: false,
    },
    mutations: {
      // The same body goes under the same idempotency key, so asking again is safe.
      retry: (count, error) => count < 1 && isPassing(asProblem(error)),
      retryDelay: 800,
    },
  },
});

/** How often a list on screen looks for news, in milliseconds. */
export const LOOK_EVERY = 20_000;
