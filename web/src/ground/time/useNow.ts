import { useSyncExternalStore } from "react";

/** One ticker for all clocks on the page; seconds run only while somebody looks at seconds. */
function ticker(every: number) {
  const watchers = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let now = Date.now();
  return {
    watch(watcher: () => void) {
      watchers.add(watcher);
      now = Date.now();
      timer ??= setInterval(() => {
        now = Date.now();
        for (const w of watchers) w();
      }, every);
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
    now: () => now,
  };
}

const slow = ticker(15_000);
const fast = ticker(1_000);

/** Milliseconds now, renewed every second or every quarter of a minute. */
export function useNow(seconds = false): number {
  const source = seconds ? fast : slow;
  return useSyncExternalStore(source.watch, source.now);
}
