import type { FormInstance } from "antd";
import { beforeEach, describe, expect, it } from "vitest";
import { changedFrom, forgetLeft, leave, leftUnder, nameOf, typedInto } from "./left";

beforeEach(forgetLeft);

it("gives what was typed about one thing back to that one alone", () => {
  const page = { pathname: "/people/partners", search: "" };
  const edit = (name: string, at = page) => nameOf("Edit partner", { name }, at);
  expect(edit("North")).toBe(edit("North"));
  const others = [edit("South"), edit("North", { pathname: "/people/branches", search: "" }), nameOf("New partner", { name: "North" }, page), nameOf("Edit partner", undefined, page)];
  expect(new Set([edit("North"), ...others]).size).toBe(5);
});

describe("what is worth keeping", () => {
  const form = (values: object, touched: string[]) => ({ getFieldsValue: () => values, isFieldTouched: (name: string) => touched.includes(name) }) as unknown as FormInstance;

  it("of a form is what a hand has touched or what came back, and nothing empty", () => {
    const filled = { title: "No network in Pudong", model: "A920", district: "", fault_code: undefined };
    expect(typedInto(form(filled, ["title", "district"]))).toEqual({ title: "No network in Pudong" });
    expect(typedInto(form(filled, []), { model: "A920" })).toEqual({ model: "A920" });
  });

  it("of other answers is what differs from the beginning", () => {
    const begin = { other: null, way: "here" };
    expect(changedFrom(begin, { ...begin })).toEqual({});
    expect(changedFrom(begin, { other: "tkt_2", way: "here" })).toEqual({ other: "tkt_2" });
    expect(changedFrom({ other: "tkt_2" }, { other: null })).toEqual({});
  });
});

it("keeps what was typed when a dialog closes, and nothing when nothing was", () => {
  leave("tkt_1 merge", { other: "tkt_2" });
  leave("tkt_3 merge", {});
  expect([leftUnder("tkt_1 merge"), leftUnder("tkt_3 merge")]).toEqual([{ other: "tkt_2" }, undefined]);
  forgetLeft();
  expect(leftUnder("tkt_1 merge")).toBeUndefined();
});

/** Dialogs that ask nothing, or one thing that is chosen again with one tap; each with its reason. */
const asksNothing: Record<string, string> = {
  "/src/ground/parts/Dialog.tsx": "the frame itself",
  "/src/ground/palette/Palette.tsx": "a search begins anew",
  "/src/ground/keys/KeySheet.tsx": "only shows",
  "/src/ground/session/Session.tsx": "a password is not kept, and it cannot be closed",
  "/src/rooms/canned/KeptDialog.tsx": "a frame: its two forms keep what was typed",
  "/src/rooms/dispatch/WhyModal.tsx": "only shows",
  "/src/rooms/import/NewImport.tsx": "one file, and the choice of its kind stands in the address",
  "/src/rooms/incident/Broadcasts.tsx": "only shows",
  "/src/rooms/org/key/KeysPage.tsx": "shows a key once; what is typed stands in a FormModal",
  "/src/rooms/ticket/page/MacroModal.tsx": "one choice",
  "/src/rooms/ticket/queue/BulkModal.tsx": "shows what became of each; what is typed stands in a FormModal",
};

it("leaves no dialog in which a key too many loses what was typed", () => {
  const sources = import.meta.glob<string>("/src/**/*.tsx", { query: "?raw", import: "default", eager: true });
  const dialogs = Object.entries(sources).filter(([, text]) => /<(Dialog|Modal)[\s>]/.test(text));
  expect(dialogs.length).toBeGreaterThan(5);
  const careless = dialogs.filter(([file, text]) => !(file in asksNothing) && !/useLeft(State)?[(<]/.test(text)).map(([file]) => file);
  expect(careless).toEqual([]);
});
