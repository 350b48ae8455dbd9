/** Who else has this ticket open or writes on it. Told, never enforced. */
import { useEffect, useState } from "react";
import type { Schema } from "@api";
import { client } from "@ground/api/client";
import { onNews, watch } from "@ground/live/stream";
import { useSession } from "@ground/session/Session";

export type Present = Schema<"Present">;

const SAY_EVERY = 20_000;
/** So long after the last key somebody still counts as writing. */
const WRITING = 10_000;

let typedAt = 0;
let sayNow: (() => void) | null = null;

/** Called by the composer with each key. */
export function typed() {
  const quiet = Date.now() - typedAt > WRITING;
  typedAt = Date.now();
  if (quiet) sayNow?.();
}

export function useCompany(id: string): Present[] {
  const { may } = useSession();
  const inside = may("ticket.note");
  const [people, setPeople] = useState<Present[]>([]);
  useEffect(() => {
    if (!inside) return undefined;
    const params = { path: { id } };
    const say = () => {
      if (document.visibilityState !== "visible") return;
      void client.PUT("/api/v1/tickets/{id}/presence", { params, body: { doing: Date.now() - typedAt < WRITING ? "writing" : "viewing" } });
    };
    const leave = () => void client.DELETE("/api/v1/tickets/{id}/presence", { params, keepalive: true });
    typedAt = 0;
    sayNow = say;
    say();
    const timer = setInterval(say, SAY_EVERY);
    // A pause in writing is told sooner than the next round.
    const paused = setInterval(() => {
      if (typedAt && Date.now() - typedAt > WRITING) {
        typedAt = 0;
        say();
      }
    }, 2_000);
    const unwatch = watch(id);
    const off = onNews("presence", (data) => {
      const told = data as { ticket: string; people: Present[] };
      if (told.ticket === id) setPeople(told.people);
    });
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", say);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", say);
      clearInterval(timer);
      clearInterval(paused);
      sayNow = null;
      off();
      unwatch();
      leave();
      setPeople([]);
    };
  }, [id, inside]);
  return people;
}
