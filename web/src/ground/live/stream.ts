/** One stream of news per tab. It goes on where it broke, waits longer after each failure, and says how it stands. */
import { onlineManager } from "@tanstack/react-query";
import { client } from "@ground/api/client";

type Tell = (data: unknown) => void;
const KINDS = ["hello", "change", "reset", "presence", "bell", "beat"] as const;
export type NewsKind = (typeof KINDS)[number];

/** The server says something every fifteen seconds; this long without a word means that nobody is there. */
const SILENCE = 40_000;
const LONGEST_WAIT = 30_000;

const listeners = new Map<NewsKind, Set<Tell>>();
let source: EventSource | null = null;
let place: string | null = null;
let watched: string | null = null;
let wanted = false;
let attempts = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

/** How long to wait before the attempt of this number: doubling, with a part by chance so that not everybody comes at once. */
export const waitBefore = (attempt: number, chance: number) => Math.min(LONGEST_WAIT, 500 * 2 ** attempt) * (0.5 + chance / 2);

/** Whether news come by themselves at the moment. */
export const isLive = () => source?.readyState === 1;

export function onNews(kind: NewsKind, tell: Tell) {
  const those = listeners.get(kind) ?? new Set();
  listeners.set(kind, those.add(tell));
  return () => void those.delete(tell);
}

/** Names the thing whose company should be told; the stream is opened anew for it, at the place reached. */
export function watch(id: string) {
  watched = id;
  reopen();
  return () => {
    if (watched !== id) return;
    watched = null;
    reopen();
  };
}

export function startNews() {
  wanted = true;
  reopen();
  return () => {
    wanted = false;
    shut();
  };
}

function shut() {
  clearTimeout(timer);
  clearTimeout(silence);
  source?.close();
  source = null;
}

let reopening = false;
/** Several wishes in one turn are one new stream. */
function reopen() {
  if (reopening) return;
  reopening = true;
  queueMicrotask(() => {
    reopening = false;
    shut();
    if (wanted) open();
  });
}

function open() {
  const query = new URLSearchParams();
  if (place !== null) query.set("after", place);
  if (watched !== null) query.set("ticket", watched);
  const opened = new EventSource(`/api/v1/events?${query}`);
  source = opened;
  stillThere();
  for (const kind of KINDS) {
    opened.addEventListener(kind, (event: MessageEvent<string>) => {
      if (source !== opened) return;
      place = event.lastEventId || place;
      attempts = 0;
      stillThere();
      if (kind === "hello") onlineManager.setOnline(true);
      listeners.get(kind)?.forEach((tell) => tell(JSON.parse(event.data)));
    });
  }
  opened.onerror = () => source === opened && void lost();
}

function stillThere() {
  clearTimeout(silence);
  silence = setTimeout(() => void lost(), SILENCE);
}

/** The stream broke. Whether the server is there at all decides what the page says; either way it tries again. */
async function lost() {
  shut();
  attempts += 1;
  timer = setTimeout(open, waitBefore(attempts, Math.random()));
  const { error } = await client.GET("/api/v1/sessions/current");
  const gone = error?.code === "offline" || error?.code === "odd_answer";
  if (wanted) onlineManager.setOnline(!gone);
}
