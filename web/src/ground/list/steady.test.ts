import { expect, it } from "vitest";
import { inKeptOrder } from "./steady";

const row = (id: string, text = id) => ({ id, text });
const id = (r: { id: string }) => r.id;

it("keeps places, takes new content, and counts what waits", () => {
  const kept = [row("a"), row("b"), row("c")];
  const latest = [row("x"), row("c", "c2"), row("a")];
  expect(inKeptOrder(kept, latest, id)).toEqual({ shown: [row("a"), row("b"), row("c", "c2")], waiting: 1 });
});

it("nothing waits when only content or order changed", () => {
  expect(inKeptOrder([row("a"), row("b")], [row("b"), row("a", "a2")], id).waiting).toBe(0);
});
