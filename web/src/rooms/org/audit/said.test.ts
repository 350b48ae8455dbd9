import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import en from "@texts/web.en.json";
import zh from "@texts/web.zh.json";
import { fill } from "@ground/i18n/fill";
import type { Translate } from "@ground/i18n/Words";
import { formats } from "@ground/time/format";
import { changesOf, saying } from "./said";

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
  const deeds = new Set(sources.flatMap((file) => [...readFileSync(join(server, file), "utf8").matchAll(/(?:\.(?:audit|save)\(\s*(?:tx,\s*)?|\bwalk\(door, id, body, )"([a-z_]+\.[a-z_]+)"/g)].map(([, deed]) => `audit.do.${deed}`)));
  expect(deeds.size).toBeGreaterThan(60);
  for (const texts of [zh, en]) expect([...deeds].filter((deed) => !(deed in texts))).toEqual([]);
});

it("tells values in words where their field says what they mean, and shows the rest as it was written", () => {
  const t: Translate = (key, holes) => fill(en[key] ?? key, holes);
  const said = saying({ t, f: formats("en", t), pick: (both) => both?.en ?? "" });
  const names = { skills: (codes: string[]) => `skills ${codes.join("+")}`, parts: (codes: string[]) => `parts ${codes.join("+")}` };
  const [ticket, order] = ["tkt_019ac37ddafc7c7a8c3871ff0fb2e0b1", "wor_019ac37ddafc71af96ce63c8ec424893"];
  const rows: [string, string, unknown, string | undefined][] = [
    ["state", ticket, "solved", en["ticket_state.solved"]],
    ["state", order, "on_site", en["order_state.on_site"]],
    ["state", "unheard-of", "solved", "solved"],
    ["priority", ticket, "high", en["priority.high"]],
    ["waiting", ticket, ["waiting_parts"], en["waiting.waiting_parts"]],
    ["closed_at", ticket, "2025-11-27T02:20:23.562Z", "Thu 27 Nov 2025, 10:20"],
    ["planned", order, { from: "2025-11-27T05:30:00Z", to: "2025-11-27T06:15:00Z" }, "Thu 27 Nov 2025, 13:30–14:15"],
    ["actual", order, { from: "2025-11-27T05:34:00Z", to: null }, "from Thu 27 Nov 2025, 13:34"],
    ["owner", ticket, "usr_0188c016538670989b3811d93459b1d7", `${en["audit.kind.usr"]} …59b1d7`],
    ["skills", order, [{ code: "swap", valid_until: null }], "skills swap"],
    ["parts", order, ["battery", "lcd"], "parts battery+lcd"],
    ["price_fen", "", 8500, "¥85.00"],
    ["off", "", true, en["facts.yes"]],
    ["why", order, [{ zh: "近", en: "Near" }], "Near"],
    ["title", ticket, "solved", "solved"],
    ["owner", ticket, null, "—"],
    ["contact", ticket, { id: "con_019ac37ddafc7c7a8c3871ff0fb2e0b1", name: "Li", email: null }, `${en["audit.field.name"]} Li`],
    ["steps", order, [{ check_seal: { result: "pass" } }], undefined],
  ];
  for (const [field, of, held, words] of rows) expect([field, said.value(field, of, held, names)]).toEqual([field, words]);
});
