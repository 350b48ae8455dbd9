/** Commands of the page in front of one, offered in the palette while that page is shown. */
import { useEffect, useSyncExternalStore } from "react";

export type PaletteCommand = {
  id: string;
  label: string;
  /** Its single key, shown beside it. */
  hint?: string;
  run: () => void;
};

export type PaletteContext = {
  /** What the commands are about: `T-003024`. */
  about: string;
  /** What its commands stand under; "this ticket" without. */
  group?: string;
  commands: readonly PaletteCommand[];
};

let current: PaletteContext | null = null;
const watchers = new Set<() => void>();

function set(context: PaletteContext | null) {
  current = context;
  for (const tell of watchers) tell();
}

/** Offers commands for as long as the page stands. */
export function useOffer(context: PaletteContext) {
  useEffect(() => {
    set(context);
    return () => set(null);
  }, [context]);
}

export const useOffered = () =>
  useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => void watchers.delete(tell);
    },
    () => current,
  );
