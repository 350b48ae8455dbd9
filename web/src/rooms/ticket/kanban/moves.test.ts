import { expect, it } from "vitest";
import { columns, moveOf } from "./moves";

it("every move is a command, or says why it is none", () => {
  for (const from of columns) for (const to of columns) if (from !== to) expect(Object.keys(moveOf(from, to))).toHaveLength(1);
  expect(moveOf("triaged", "visit")).toEqual({ command: "visit" });
  expect(moveOf("solved", "closed")).toEqual({ command: "confirm" });
  expect(moveOf("visit", "closed")).toEqual({ no: "board.no_closed" });
  expect(moveOf("remote", "new")).toEqual({ no: "board.no_new" });
  expect(moveOf("cancelled", "triaged")).toEqual({ no: "board.no_back" });
});
