import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "@texts/web.en.json";
import zh from "@texts/web.zh.json";
import { fill } from "./fill";

const holes = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(entry.name) && !/\.test\.|schema\.d\.ts/.test(entry.name) ? [path] : [];
  });

const uncommented = (source: string) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

describe("the sentences", () => {
  it("exist in both languages", () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh));
  });

  it("have the same holes in both", () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect([key, holes(en[key])]).toEqual([key, holes(zh[key])]);
  });

  it("never write a plural behind a number that may be one", () => {
    for (const [key, sentence] of Object.entries(en)) expect(sentence, key).not.toMatch(/\{(count|rows|walks|tickets|orders)\} (\w+ )?\w{3,}s\b(?!\w)/);
  });

  it("are sorted by name", () => {
    expect(Object.keys(zh)).toEqual(Object.keys(zh).toSorted());
  });

  it("keep the house's punctuation", () => {
    for (const [key, sentence] of Object.entries(zh)) {
      expect(sentence, key).not.toMatch(/[！!]/);
      // Full-width marks between Chinese characters.
      expect(sentence, key).not.toMatch(/[\u4e00-\u9fff][,;:?]/);
    }
    for (const [key, sentence] of Object.entries(en)) expect(sentence, key).not.toMatch(/!|oops|successfully|invalid/i);
  });

  it("are the only place with words: no Chinese in sources", () => {
    const own = sources(join(import.meta.dirname, "../.."));
    expect(own.length).toBeGreaterThan(20);
    for (const path of own) expect(uncommented(readFileSync(path, "utf8")).match(/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/g), path).toBeNull();
  });

  it("are all used, and every name that is asked for exists", () => {
    const text = sources(join(import.meta.dirname, "../.."))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    // Names put together: `clock.${level}`, and families handed to a field as words="impact".
    const prefixes = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g), ...text.matchAll(/words="(\w+)"/g)].map((m) => m[1]!);
    const unused = Object.keys(zh).filter((key) => !text.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });
});

describe("fill", () => {
  it("fills what it is given and shows what it is not", () => {
    expect(fill("{a} and {b}", { a: 1 })).toBe("1 and {b}");
  });

  it("lets words agree with the number as it is shown", () => {
    const rows = (n: string | number) => fill("{n} {n:row is|rows are} new", { n });
    expect([rows(0), rows(1), rows(2), rows("1"), rows("1,001")]).toEqual(["0 rows are new", "1 row is new", "2 rows are new", "1 row is new", "1,001 rows are new"]);
    expect(fill("{n:row|rows}")).toBe("{n:row|rows}");
  });
});
