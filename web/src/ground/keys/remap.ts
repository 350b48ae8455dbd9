/** Single keys somebody moved elsewhere, because of their keyboard or their hands. Kept in the browser, by the key as it is printed here. */
import { useSyncExternalStore } from "react";
import { kept } from "@ground/kept";

/** Keys that can be moved: single characters, each with one meaning wherever it means anything. */
export const movable = ["/", "?", "c", "f", "j", "k", "x", "r", "n", "a", "s", "p", "m", "u", "l", "e", "[", "]", ".", "t"] as const;

export type Moves = Readonly<Record<string, string>>;

const isMoves = (value: unknown): value is Moves => typeof value === "object" && value !== null && Object.values(value).every((key) => typeof key === "string" && [...key].length === 1);
const choice = kept<Moves>("keys", {}, isMoves);

let now: Moves | undefined;
const told = new Set<() => void>();
export const moves = (): Moves => (now ??= choice.read());

export function move(moved: Moves) {
  now = moved;
  choice.write(moved);
  told.forEach((tell) => tell());
}

export const useMoves = () =>
  useSyncExternalStore((tell) => {
    told.add(tell);
    return () => void told.delete(tell);
  }, moves);

/** The key one presses for what is printed as `key`. */
export const pressedFor = (key: string, moved: Moves): string => moved[key] ?? key;

/** What a pressed key stands for; null when its own meaning was moved away and it has no other. */
export function meant(pressed: string, moved: Moves): string | null {
  const shift = pressed.startsWith("Shift+");
  const key = shift ? pressed.slice(6) : pressed;
  const from = Object.keys(moved).find((k) => moved[k] === key);
  if (from !== undefined) return shift ? `Shift+${from}` : from;
  return key in moved ? null : pressed;
}

/** The meaning a key already has, if it cannot be given another one. */
export const taken = (key: string, by: string, moved: Moves): string | undefined => movable.find((other) => other !== by && pressedFor(other, moved) === key) ?? (key === "g" ? "g" : undefined);
