import { expect, it } from "vitest";
import { nameOf } from "./left";

it("gives what was typed about one thing back to that one alone", () => {
  const page = { pathname: "/people/partners", search: "" };
  const edit = (name: string, at = page) => nameOf("Edit partner", { name }, at);
  expect(edit("North")).toBe(edit("North"));
  const others = [edit("South"), edit("North", { pathname: "/people/branches", search: "" }), nameOf("New partner", { name: "North" }, page), nameOf("Edit partner", undefined, page)];
  expect(new Set([edit("North"), ...others]).size).toBe(5);
});
