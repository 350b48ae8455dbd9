/** Keeps rows where they are while a hand is near them. */
import { useMemo, useState } from "react";

/** Rows in a kept order with the newest content; rows that came later are left out, rows that went stay as last seen. */
export function inKeptOrder<Row>(kept: readonly Row[], latest: readonly Row[], id: (row: Row) => string): { shown: Row[]; waiting: number } {
  const byId = new Map(latest.map((row) => [id(row), row]));
  const known = new Set(kept.map(id));
  const shown = kept.map((row) => byId.get(id(row)) ?? row);
  const came = latest.filter((row) => !known.has(id(row))).length;
  const went = kept.filter((row) => !byId.has(id(row))).length;
  return { shown, waiting: Math.max(came, went) };
}

/**
 * The rows to show. While `hold` is true their order stays as it was when it became so, and `waiting` counts what the new reading
 * would change; `release` takes it in.
 */
export function useSteady<Row>(latest: readonly Row[], id: (row: Row) => string, hold: boolean) {
  const [kept, setKept] = useState<readonly Row[] | null>(null);
  // The order is taken when the hand comes near, and forgotten when it goes: state derived while drawing, not an effect after it.
  if (hold && kept === null && latest.length > 0) setKept(latest);
  if (!hold && kept !== null) setKept(null);
  return useMemo(() => {
    const release = () => setKept(null);
    if (!kept) return { shown: latest as Row[], waiting: 0, release };
    // Reading further down is what the hand asked for: those rows are added at once.
    const more = latest.length > kept.length && kept.every((row, i) => latest[i] !== undefined && id(latest[i]) === id(row));
    if (more) return { shown: latest as Row[], waiting: 0, release };
    return { ...inKeptOrder(kept, latest, id), release };
  }, [kept, latest, id]);
}
