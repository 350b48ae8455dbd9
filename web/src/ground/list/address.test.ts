import { expect, it } from "vitest";
import { fromAddress } from "./address";

it("takes a number somebody typed into the address as the text it is, and nothing else", () => {
  expect([5325, "5325", " 面馆 ", "", "  ", undefined, null, true, ["a"]].map(fromAddress)).toEqual(["5325", "5325", "面馆", undefined, undefined, undefined, undefined, undefined, undefined]);
});
