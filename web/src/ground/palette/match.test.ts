import { expect, it } from "vitest";
import zh from "@texts/web.zh.json";
import { fit, initials } from "./match";

it.each([
  ["do.visit", "zsm"],
  ["do.claim", "rl"],
  ["do.solve", "bjjj"],
  ["queue.new", "djgd"],
  ["ticket.title", "gdt"],
] as const)("%s is typed as %s", (key, typed) => expect(initials(zh[key], zh["palette.pinyin_edges"])).toBe(typed));

it("every letter has its mark, in the order of the collation", () => {
  const marks = [...zh["palette.pinyin_edges"]];
  expect(marks.length).toBe(23);
  expect(initials(marks.join(""), zh["palette.pinyin_edges"])).toBe("abcdefghjklmnopqrstwxyz");
});

it("the beginning fits better than the middle, nothing typed fits everything", () => {
  expect([fit("send", ["Send engineer"]), fit("engineer", ["Send engineer"]), fit("x", ["Send engineer"]), fit(" ", ["any"])]).toEqual([3, 2, 0, 1]);
});
