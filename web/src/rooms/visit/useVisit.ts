/** A visit as the phone sees it: read once, changed by one command after the other, each against the newest version. */
import { onlineManager, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Problem, Schema } from "@api";
import { client } from "@ground/api/client";
import { asProblem } from "@ground/api/problem";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { arrived, keepTap, refused, sending } from "./outbox";
import type { Page } from "./stage";

type Unversioned<T> = Omit<T, "version">;
type Bodies = {
  accept: Unversioned<Schema<"SeenOrder">>;
  refuse: Unversioned<Schema<"RefuseOrder">>;
  depart: Unversioned<Schema<"SeenOrder">>;
  arrive: Unversioned<Schema<"ArriveOrder">>;
  diagnose: Unversioned<Schema<"DiagnoseOrder">>;
  backup: Unversioned<Schema<"BackupOrder">>;
  steps: Unversioned<Schema<"StepOrder">>;
  parts: Unversioned<Schema<"PartOrder">>;
  restore: Unversioned<Schema<"RestoreOrder">>;
  deliver: Unversioned<Schema<"DeliverOrder">>;
  complete: Unversioned<Schema<"CompleteOrder">>;
  fail: Unversioned<Schema<"FailOrder">>;
  consent: Unversioned<Schema<"ConsentOrder">>;
};
export type Command = keyof Bodies;

const options = (id: string) => $api.queryOptions("get", "/api/v1/work-orders/{id}", { params: { path: { id } } });
const changedKey = (id: string) => ["visit-changed", id] as const;

export function useVisit(id: string) {
  return useQuery({ ...options(id), refetchInterval: LOOK_EVERY });
}

/**
 * The page as it was before somebody else changed it, kept until the reader has seen what is different. It lives in the cache,
 * beside the page itself.
 */
export function useChanged(id: string) {
  const cache = useQueryClient();
  const before = useQuery<Page | null>({ queryKey: changedKey(id), queryFn: () => null, enabled: false, initialData: null, gcTime: Infinity });
  return { before: before.data, seen: () => cache.setQueryData(changedKey(id), null) };
}

/** One kind of command. Commands of one visit wait for each other, so that quick taps do not run into their own versions. */
export function useCommand<C extends Command>(id: string, command: C, done?: (page: Page) => void) {
  const cache = useQueryClient();
  const key = options(id).queryKey;
  return useMutation<Page, Problem, Bodies[C], string | null>({
    // Without a network it waits, beside the page too: who reloads or leaves meanwhile loses nothing.
    onMutate: (body) => (onlineManager.isOnline() ? null : keepTap(id, command, body as Record<string, unknown>)),
    scope: { id: `visit-${id}` },
    mutationFn: async (body) => {
      const sent = sending(id, command, body as Record<string, unknown>, cache.getQueryData<Page>(key)?.order.version ?? 0);
      // The addresses of all commands have the same shape and the same answer; only the body differs, and `Bodies` says how.
      const path = `/api/v1/work-orders/{id}/${command}` as "/api/v1/work-orders/{id}/depart";
      const { data, error } = await client.POST(path, { params: { path: { id } }, headers: { "Idempotency-Key": sent.key }, body: { ...body, version: sent.version } as Schema<"SeenOrder"> });
      if (data) return data;
      throw asProblem(error);
    },
    onSuccess: async (page, body) => {
      arrived(id, command, body as object);
      await cache.cancelQueries({ queryKey: key });
      cache.setQueryData(key, page);
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/work-orders"] });
      done?.(page);
    },
    onError: (problem, body) => {
      // A network that is there and carries nothing, or a house that does not say how it went: it waits for a hand.
      if (problem.status >= 500) keepTap(id, command, body as Record<string, unknown>, false);
      else refused(id, command, body as object, problem.detail);
      if (problem.code === "stale" && problem.current) {
        cache.setQueryData(changedKey(id), cache.getQueryData<Page>(key) ?? null);
        cache.setQueryData(key, problem.current as Page);
      } else if (problem.status === 404 || problem.status === 409) {
        void cache.invalidateQueries({ queryKey: key });
      }
    },
  });
}

/** Asks the storekeeper for a piece the engineer does not carry. */
export function useAsk(id: string, done: () => void) {
  const cache = useQueryClient();
  return $api.useMutation("post", "/api/v1/work-orders/{id}/part-requests", {
    onSuccess: (page) => {
      cache.setQueryData(options(id).queryKey, page);
      done();
    },
  });
}
