import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/** The entries stand in the files of the rooms; read as text, no page has to be drawn for it. */
it("gives each room a letter of its own behind G", () => {
  const rooms = join(import.meta.dirname, "../../rooms");
  const letters = readdirSync(rooms)
    .map((room) => join(rooms, room, "room.ts"))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .flatMap((source) => [...source.matchAll(/RailItem = \{.*\bkey: "(\w)"/g)].map((m) => m[1]!));
  expect(letters.length).toBeGreaterThan(10);
  expect(letters.toSorted()).toEqual([...new Set(letters)].toSorted());
});
