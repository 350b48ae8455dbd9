import { expect, it } from "vitest";
import { formats } from "@ground/time/format";
import { share } from "./share";

const f = formats("zh", (key) => key);

it("says the share with what it is a share of, and never rounds a breach away", () => {
  expect(share(f, { kept: 1204, late: 23, attainment_bp: 9812 })).toBe("98.1% (1,204 / 1,227)");
  expect(share(f, { kept: 9999, late: 1, attainment_bp: 9999 })).toBe("99.9% (9,999 / 10,000)");
  expect(share(f, { kept: 3, late: 0, attainment_bp: 10_000 })).toBe("100.0% (3 / 3)");
  expect(share(f, { kept: 0, late: 0, attainment_bp: null })).toBe("—");
});
