/** Files on their way to a ticket: hashed, sent in parts, taken up again where the connection broke, and then waiting for their words. */
import { useRef, useState } from "react";
import type { Problem, Schema } from "@api";
import { client } from "./client";
import { homemade, isProblem } from "./problem";

export type FileFace = Schema<"FileFace">;
export type Going = {
  key: string;
  name: string;
  bytes: number;
  /** Bytes that have arrived. */
  sent: number;
  problem: Problem | null;
  done: FileFace | null;
};

/** Most files of one message, as the server has it. */
export const MOST = 10;
const LARGEST = 10 * 1024 * 1024;
const TRIES = 5;

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function sendPart(id: string, offset: number, part: Blob): Promise<{ received?: number; problem?: Problem }> {
  try {
    const answer = await fetch(`/api/v1/uploads/${id}?offset=${offset}`, { method: "PATCH", body: part, headers: { "Content-Type": "application/octet-stream" } });
    const body: unknown = await answer.json();
    if (answer.ok) return { received: (body as Schema<"UploadState">).received };
    return { problem: isProblem(body) ? body : homemade("odd_answer", answer.status) };
  } catch {
    return { problem: homemade("offline", 503) };
  }
}

/** Sends a file; tells how far it has come. */
export async function send(ticket: string, file: File, onSent: (bytes: number) => void): Promise<FileFace | Problem> {
  const sha256 = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const begun = await client.POST("/api/v1/tickets/{id}/uploads", { params: { path: { id: ticket } }, body: { name: file.name, bytes: file.size, sha256 } });
  if (!begun.data) return begun.error;
  const { id, part_bytes } = begun.data;
  let at = 0;
  for (let tries = 0; at < file.size; ) {
    const { received, problem } = await sendPart(id, at, file.slice(at, at + part_bytes));
    if (received !== undefined) {
      at = received;
      tries = 0;
      onSent(at);
      continue;
    }
    tries += 1;
    const passing = problem && (problem.status === 503 || problem.code === "offline" || problem.code === "file.other_place");
    if (!passing || tries >= TRIES) return problem ?? homemade("odd_answer", 500);
    await rest(500 * 2 ** tries);
    const state = await client.GET("/api/v1/uploads/{id}", { params: { path: { id } } });
    if (state.data) at = state.data.received;
  }
  const ended = await client.POST("/api/v1/uploads/{id}/finish", { params: { path: { id } }, body: {} });
  return ended.data ?? ended.error;
}

export function useFiles(ticket: string) {
  const [files, setFiles] = useState<Going[]>([]);
  const next = useRef(0);
  const change = (key: string, to: Partial<Going>) => setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...to } : one)));

  const add = (given: readonly File[]) => {
    for (const file of given.slice(0, Math.max(0, MOST - files.length))) {
      next.current += 1;
      const key = String(next.current);
      const one = { key, name: file.name || "clipboard", bytes: file.size, sent: 0, problem: null, done: null };
      if (file.size > LARGEST || file.size === 0) {
        setFiles((all) => [...all, { ...one, problem: homemade(file.size === 0 ? "file_empty" : "file_large", 413) }]);
        continue;
      }
      setFiles((all) => [...all, one]);
      void send(ticket, file, (sent) => change(key, { sent })).then(
        (came) => ("code" in came ? change(key, { problem: came }) : change(key, { done: came, sent: file.size, name: came.name })),
        () => change(key, { problem: homemade("page", 0) }),
      );
    }
  };
  const remove = (key: string) => {
    const gone = files.find((one) => one.key === key);
    if (gone?.done) void client.DELETE("/api/v1/attachments/{id}", { params: { path: { id: gone.done.id } } });
    setFiles((all) => all.filter((one) => one.key !== key));
  };
  return {
    files,
    add,
    remove,
    /** What goes with the words, and whether some are still on their way. */
    ids: files.flatMap((one) => (one.done ? [one.done.id] : [])),
    going: files.some((one) => !one.done && !one.problem),
    clear: () => setFiles([]),
  };
}
