/** Taps made without a network. Each is kept in the browser until the server has answered it; what it refuses stays until somebody has seen it. */
import { useSyncExternalStore } from "react";
import { kept } from "@ground/kept";

export type Tap = {
  key: string;
  order: string;
  command: string;
  body: Record<string, unknown>;
  /** When it was tapped. */
  at: string;
  /** Why the server does not take it. */
  refused?: string;
  /** How it was sent the last time, while the answer has not been heard. */
  sent?: Sent;
};
/** A tap on its way: said again like this, it is done once, also by a page that was opened since. */
export type Sent = { key: string; version: number };

const isTap = (value: unknown): value is Tap => typeof value === "object" && value !== null && typeof (value as Tap).key === "string" && typeof (value as Tap).order === "string";
const isTaps = (value: unknown): value is Tap[] => Array.isArray(value) && value.every(isTap);

const store = kept<Tap[]>("field.taps", [], isTaps);
let taps = store.read();
const listeners = new Set<() => void>();
/** Those this page itself will send; any other was tapped before it was opened. */
const own = new Set<string>();
/** Taps whose answer has not been heard, whether they are kept or not. */
const unheard = new Map<string, Sent>();
const name = (order: string, command: string, body: object) => JSON.stringify([order, command, body]);

function write(next: Tap[]) {
  taps = next;
  store.write(next);
  listeners.forEach((tell) => tell());
}

const same = (tap: Tap, order: string, command: string, body: object) => tap.order === order && tap.command === command && JSON.stringify(tap.body) === JSON.stringify(body);

/** Keeps a tap that is sent as soon as there is a network, or that waits for a hand; its key. The same tap again is the same tap. */
export function keepTap(order: string, command: string, body: Record<string, unknown>, itself = true): string {
  const known = taps.find((tap) => same(tap, order, command, body));
  const key = known?.key ?? crypto.randomUUID();
  if (itself) own.add(key);
  else own.delete(key);
  const sent = unheard.get(name(order, command, body)) ?? known?.sent;
  write([...taps.filter((tap) => tap !== known), { key, order, command, body, at: known?.at ?? new Date().toISOString(), ...(sent && { sent }) }]);
  return key;
}

/** How a tap is sent: against the version its page shows, or as it was sent before if nobody heard the answer. */
export function sending(order: string, command: string, body: Record<string, unknown>, version: number): Sent {
  const known = taps.find((tap) => same(tap, order, command, body));
  const sent = unheard.get(name(order, command, body)) ?? known?.sent ?? { key: crypto.randomUUID(), version };
  unheard.set(name(order, command, body), sent);
  if (known && !known.sent) write(taps.map((tap) => (tap === known ? { ...tap, sent } : tap)));
  return sent;
}

/** The server has it, by this tap or by another one that said the same. */
export const arrived = (order: string, command: string, body: object) => {
  unheard.delete(name(order, command, body));
  if (taps.some((tap) => same(tap, order, command, body))) write(taps.filter((tap) => !same(tap, order, command, body)));
};

/** Nobody wants it any more. */
export const dropTap = (key: string) => write(taps.filter((tap) => tap.key !== key));

/** The server does not take a tap that was kept: it stays, with the sentence why. One that was never kept has its sentence in its own place. */
export function refused(order: string, command: string, body: object, why: string) {
  unheard.delete(name(order, command, body));
  const known = taps.find((tap) => same(tap, order, command, body));
  if (!known) return;
  own.delete(known.key);
  const { sent: _, ...rest } = known;
  write(taps.map((tap) => (tap === known ? { ...rest, refused: why } : tap)));
}

/** Whether it is sent by itself as soon as there is a network. */
export const sendsItself = (tap: Tap) => own.has(tap.key);

const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => void listeners.delete(tell);
};

/** Taps that have not arrived, oldest first. */
export const useTaps = (): readonly Tap[] => useSyncExternalStore(subscribe, () => taps);
