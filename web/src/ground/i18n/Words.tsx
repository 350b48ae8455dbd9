import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import type { Both } from "@api";
import { queryClient } from "@ground/api/query";
import { formats, type Formats } from "@ground/time/format";
import { fill, type Holes } from "./fill";
import { chooseLanguage, language, loadDictionary, type Dictionary, type Key, type Lang } from "./words";

export type Translate = (key: Key, holes?: Holes) => string;

type Words = {
  lang: Lang;
  /** A sentence by its name. */
  t: Translate;
  /** The reader's half of a text that comes in both languages. */
  pick: (text: Both | null | undefined) => string;
  /** Times, numbers and money as this language writes them. */
  f: Formats;
  switchTo: (lang: Lang) => Promise<void>;
};

const WordsContext = createContext<Words | null>(null);

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords stands outside of <Words>");
  return words;
}

/** The language around everything. Nothing is lost on a switch: components stay, only their sentences change. */
export function Words({ first, children }: { first: Dictionary; children: ReactNode }) {
  const [{ lang, dictionary }, setState] = useState<{ lang: Lang; dictionary: Dictionary }>({ lang: language(), dictionary: first });
  const switchTo = useCallback(async (next: Lang) => {
    const loaded = await loadDictionary(next);
    chooseLanguage(next);
    setState({ lang: next, dictionary: loaded });
    // Sentences of the server come in the language they were asked in. Who is not signed in is asked for no sentence: asking again would
    // make the sign-in page anew, and what has been typed there would be gone.
    void queryClient.invalidateQueries({ predicate: ({ queryKey, state }) => state.data !== undefined || !String(queryKey[1]).endsWith("/sessions/current") });
  }, []);
  const value = useMemo<Words>(() => {
    const t: Translate = (key, holes) => fill(dictionary[key] ?? key, holes);
    return { lang, t, pick: (text) => text?.[lang] ?? "", f: formats(lang, t), switchTo };
  }, [lang, dictionary, switchTo]);
  return <WordsContext value={value}>{children}</WordsContext>;
}
