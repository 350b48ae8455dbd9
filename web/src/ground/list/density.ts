/** How close the rows of every list stand; kept for the person, shared by all lists on the page. */
import { useSyncExternalStore } from "react";
import { kept } from "@ground/kept";

export type Density = "standard" | "loose";
/** Height of a row in pixels. */
export const rowHeight: Record<Density, number> = { standard: 36, loose: 44 };

const choice = kept<Density>("density", "standard", (v): v is Density => v === "standard" || v === "loose");
const told = new Set<() => void>();
const subscribe = (tell: () => void) => {
  told.add(tell);
  return () => void told.delete(tell);
};

export function useDensity(): [Density, (next: Density) => void] {
  const density = useSyncExternalStore(subscribe, choice.read);
  const choose = (next: Density) => {
    choice.write(next);
    told.forEach((tell) => tell());
  };
  return [density, choose];
}
