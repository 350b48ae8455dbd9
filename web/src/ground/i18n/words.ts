/** The sentences of the console, loaded by language; one file per language in data/texts. */
import type zh from "@texts/web.zh.json";
import { kept } from "@ground/kept";

export type Lang = "zh" | "en";
/** The name of a sentence. The Chinese file says which there are. */
export type Key = keyof typeof zh;
export type Dictionary = Record<Key, string>;

const chosen = kept<Lang>("lang", "zh", (v): v is Lang => v === "zh" || v === "en");

let current: Lang = chosen.read();

/** The language in use; outside of components, e.g. for a request's header. */
export const language = () => current;

export function chooseLanguage(lang: Lang) {
  current = lang;
  chosen.write(lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

export async function loadDictionary(lang: Lang): Promise<Dictionary> {
  const file = lang === "zh" ? await import("@texts/web.zh.json") : await import("@texts/web.en.json");
  return file.default;
}
