import { expect, it } from "vitest";
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
