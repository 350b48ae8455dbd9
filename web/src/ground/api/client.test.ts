import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Problem } from "@api";

// The client takes its `fetch` when it is made: each test makes its own.
type Sent = { key: string | null; lang: string | null; method: string };
let sent: Sent[] = [];
let answers: (() => Response | Promise<Response>)[] = [];

beforeEach(() => {
  sent = [];
  answers = [];
  vi.resetModules();
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push({ key: request.headers.get("Idempotency-Key"), lang: request.headers.get("Accept-Language"), method: request.method });
    const next = answers.shift();
    if (!next) throw new TypeError("no network");
    return next();
  });
});
afterEach(() => vi.unstubAllGlobals());

const client = async () => {
  const { client: made } = await import("./client");
  return {
    note: (body: string) => made.POST("/api/v1/tickets/{id}/notes", { params: { path: { id: "tkt_1" } }, body: { body }, baseUrl: "http://desk.test" }),
    read: () => made.GET("/api/v1/tickets/counts", { baseUrl: "http://desk.test" }),
  };
};
const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const refusal = { type: "x", title: "", status: 409, code: "ticket.closed", detail: "closed" } satisfies Problem;

it("says a command again under the same key until it is answered, and the next one under a new key", async () => {
  const { note } = await client();
  answers = [() => Promise.reject(new TypeError("no network")), json(503, { ...refusal, status: 503, code: "busy" }), json(200, {}), json(200, {})];
  expect((await note("a")).error?.code).toBe("offline");
  expect((await note("a")).error?.code).toBe("busy");
  await note("a");
  await note("a");
  const keys = sent.map((s) => s.key);
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys[3]).not.toBe(keys[0]);
});

it("other words are another command", async () => {
  const { note } = await client();
  answers = [json(503, { ...refusal, status: 503 }), json(200, {})];
  await note("a");
  await note("b");
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
});

it("a refusal is an answer", async () => {
  const { note } = await client();
  answers = [json(409, refusal), json(200, {})];
  expect((await note("a")).error).toEqual(refusal);
  await note("a");
  expect(sent[0]?.key).not.toBe(sent[1]?.key);
});

it("reads carry the language and no key; an answer nobody understands is a problem of its own", async () => {
  const { read } = await client();
  answers = [() => new Response("<html>", { status: 502 })];
  expect((await read()).error?.code).toBe("odd_answer");
  expect(sent).toEqual([{ key: null, lang: "zh-CN", method: "GET" }]);
});

it("tells once the session is gone, but not for a wrong password", async () => {
  const { client: made, onSessionEnd } = await import("./client");
  const told = vi.fn();
  onSessionEnd(told);
  answers = [json(401, { ...refusal, status: 401, code: "session.refused" }), json(401, { ...refusal, status: 401, code: "session.missing" })];
  await made.POST("/api/v1/sessions", { body: { username: "a", password: "b" }, baseUrl: "http://desk.test" });
  expect(told).not.toHaveBeenCalled();
  await made.GET("/api/v1/tickets/counts", { baseUrl: "http://desk.test" });
  expect(told).toHaveBeenCalledOnce();
});
