import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import en from "@texts/web.en.json";
import zh from "@texts/web.zh.json";
import { changesOf } from "./said";

it("names what differs, and leaves out what always does", () => {
  const before = JSON.stringify({ state: "open", version: 3, skills: ["a"], owner: "x" });
  const after = JSON.stringify({ state: "done", version: 4, skills: ["a"] });
  expect(changesOf({ before, after })).toEqual([
    { field: "state", before: "open", after: "done" },
    { field: "owner", before: "x", after: undefined },
  ]);
});

it("a line without a before is all new", () => {
  expect(changesOf({ before: "", after: '{"name":"A"}' })).toEqual([{ field: "name", before: undefined, after: "A" }]);
});

it("every deed the house writes down by its name is told in words", () => {
  const server = join(import.meta.dirname, "../../../../../crates/server/src");
  const sources = readdirSync(server, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
  const deeds = new Set(sources.flatMap((file) => [...readFileSync(join(server, file), "utf8").matchAll(/\.(?:audit|save)\(\s*(?:tx,\s*)?"([a-z_]+\.[a-z_]+)"/g)].map(([, deed]) => `audit.do.${deed}`)));
  expect(deeds.size).toBeGreaterThan(60);
  for (const texts of [zh, en]) expect([...deeds].filter((deed) => !(deed in texts))).toEqual([]);
});
