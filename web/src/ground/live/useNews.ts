/** Keeps what is on the screen in step with what the stream tells. */
import { useQueryClient, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { LOOK_EVERY } from "@ground/api/query";
import { useSession } from "@ground/session/Session";
import { isLive, onNews, startNews } from "./stream";

/** A list is read again this often at most, however much changes. */
const LISTS_EVERY = 2_000;
/** While news come by themselves, looking is only a safety net. */
const NET = 120_000;

/** How often something on screen looks for news by itself. */
export const lookEvery = () => (isLive() ? NET : LOOK_EVERY);

const lists = new Set<string>();

const bells = new Set<string>();

/** Called by a room with the addresses that a new notification changes. */
export function followBell(paths: readonly string[]) {
  for (const path of paths) bells.add(path);
}

/** Called by a room with the addresses of its lists that any change may touch. */
export function followLists(paths: readonly string[]) {
  for (const path of paths) lists.add(path);
}

type Asked = { params?: { path?: { id?: string } } };
const idIn = (key: QueryKey) => (key[2] as Asked | undefined)?.params?.path?.id;

export function readAgain(cache: QueryClient, changed: (key: QueryKey) => boolean) {
  void cache.invalidateQueries({ predicate: ({ queryKey }) => changed(queryKey) });
}

/** Mounted once, around the pages. The news are of tickets: who may read none is not told any. */
export function useNews() {
  const cache = useQueryClient();
  const told = useSession().may("ticket.read");
  useEffect(() => {
    if (!told) return;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const listsSoon = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        readAgain(cache, (key) => lists.has(String(key[1])));
      }, LISTS_EVERY);
    };
    const off = [
      onNews("change", (data) => {
        const ids = new Set((data as { tickets: string[] }).tickets);
        readAgain(cache, (key) => ids.has(idIn(key) ?? ""));
        listsSoon();
      }),
      onNews("bell", () => readAgain(cache, (key) => bells.has(String(key[1])))),
      onNews("reset", () => void cache.invalidateQueries()),
      startNews(),
    ];
    return () => {
      clearTimeout(waiting);
      for (const end of off) end();
    };
  }, [cache, told]);
}
