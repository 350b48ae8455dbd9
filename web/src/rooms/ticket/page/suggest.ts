/** What somebody is about to insert: a canned reply after `//`, a colleague after `@`. */

export type Asked = { what: "canned" | "people"; word: string; from: number };

/** What stands before the caret asks for, if anything. An address is no name, and a link no canned reply. */
export function asked(text: string, caret: number, people: boolean): Asked | null {
  const before = text.slice(0, caret);
  const canned = /(?:^|[^\w:/])\/\/([^\s/]{0,20})$/u.exec(before);
  if (canned) return { what: "canned", word: canned[1] ?? "", from: caret - (canned[1] ?? "").length - 2 };
  if (!people) return null;
  const named = /(?:^|[^A-Za-z0-9])@([^\s@]{0,20})$/u.exec(before);
  return named ? { what: "people", word: named[1] ?? "", from: caret - (named[1] ?? "").length - 1 } : null;
}

/** The text with what was asked for put in its place, and where the caret then stands. */
export function put(text: string, { from }: Asked, caret: number, words: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + words + text.slice(caret), caret: from + words.length };
}
