import { expect, it } from "vitest";
import { asked, put } from "./suggest";

it("knows what is asked for by what stands before the caret", () => {
  const at = (text: string, people = true) => asked(text, text.length, people);
  expect(at("//")).toEqual({ what: "canned", word: "", from: 0 });
  expect(at("你好。//wh")).toEqual({ what: "canned", word: "wh", from: 3 });
  expect(at("https://ex")).toBeNull();
  expect(at("请 @王")).toEqual({ what: "people", word: "王", from: 2 });
  expect(at("请@王")).toEqual({ what: "people", word: "王", from: 1 });
  expect(at("请 @王", false)).toBeNull();
  expect(at("a@b")).toBeNull();
  expect(at("@王小明 ")).toBeNull();
});

it("puts words in the place of what asked for them", () => {
  const text = "你好。//wh 谢谢";
  const caret = 7;
  expect(put(text, asked(text, caret, false)!, caret, "请换一卷纸。")).toEqual({ text: "你好。请换一卷纸。 谢谢", caret: 9 });
});
