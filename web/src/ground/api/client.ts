/** The typed client. It speaks the reader's language, never sends a command twice, and words every mishap as a problem. */
import createFetchClient, { type Middleware } from "openapi-fetch";
import type { paths } from "@api";
import { language } from "@ground/i18n/words";
import { homemade, isProblem, type Problem } from "./problem";

/**
 * Keys of commands whose answer has not been heard yet. The same command said again, by a second click or after a broken
 * connection, goes under the same key, and the server does it once. An answer ends the key: the next time is a new command.
 */
const unanswered = new Map<string, string>();
const signatures = new WeakMap<Request, string>();

const answer = (problem: Problem) =>
  new Response(JSON.stringify(problem), { status: problem.status || 503, headers: { "content-type": "application/problem+json" } });

const manners: Middleware = {
  async onRequest({ request }) {
    request.headers.set("Accept-Language", language() === "zh" ? "zh-CN" : "en");
    if (request.method === "GET" || request.method === "DELETE") return request;
    // Who keeps what was said until it is answered has a key of its own for it.
    if (request.headers.has("Idempotency-Key")) return request;
    const signature = `${request.method} ${request.url} ${await request.clone().text()}`;
    const key = unanswered.get(signature) ?? crypto.randomUUID();
    unanswered.set(signature, key);
    request.headers.set("Idempotency-Key", key);
    signatures.set(request, signature);
    return request;
  },
  async onResponse({ request, response }) {
    const signature = signatures.get(request);
    if (signature !== undefined && response.status < 500) unanswered.delete(signature);
    if (response.ok) return response;
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    if (response.status === 401 && !request.url.endsWith("/api/v1/sessions")) sessionEnded.forEach((tell) => tell());
    return isProblem(body) ? response : answer(homemade("odd_answer", response.status));
  },
  onError() {
    return answer(homemade("offline", 503));
  },
};

/** Called when the server no longer knows the session. */
const sessionEnded = new Set<() => void>();
export function onSessionEnd(tell: () => void) {
  sessionEnded.add(tell);
  return () => void sessionEnded.delete(tell);
}

export const client = createFetchClient<paths>({ baseUrl: "/" });
client.use(manners);
