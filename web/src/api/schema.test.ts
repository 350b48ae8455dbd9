import { readFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, it } from "vitest";

it("the generated types are those of the API document (npm run gen)", async () => {
  const document = new URL("../../../portraits/openapi.json", import.meta.url);
  const now = COMMENT_HEADER + astToString(await openapiTS(JSON.parse(readFileSync(document, "utf8"))));
  expect(readFileSync(join(import.meta.dirname, "schema.d.ts"), "utf8") === now).toBe(true);
}, 30_000);
