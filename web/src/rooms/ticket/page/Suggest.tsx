import { useEffect, useMemo, useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { fit, initials } from "@ground/palette/match";
import { useSession } from "@ground/session/Session";
import type { Asked } from "./suggest";
import css from "./files.module.css";

type Choice = { id: string; name: string; preview: string; words: string };
export type SuggestHandle = { key: (key: string) => boolean };

const SHOWN = 8;

/** The list under the words: canned replies or colleagues, by their name or the first letters of its pinyin. */
export function Suggest({ asked, onChoose, handle }: { asked: Asked; onChoose: (words: string, canned: boolean) => void; handle: (keys: SuggestHandle | null) => void }) {
  const { t } = useWords();
  const choices = useChoices(asked.what);
  const edges = t("palette.pinyin_edges");
  const fitting = useMemo(() => {
    const scored = choices.map((choice) => ({ choice, score: fit(asked.word, [choice.name, initials(choice.name, edges)]) }));
    return scored
      .filter((one) => one.score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, SHOWN)
      .map((one) => one.choice);
  }, [choices, asked.word, edges]);
  const [at, setAt] = useState(0);
  const on = fitting[Math.min(at, fitting.length - 1)];
  const choose = (choice: Choice) => onChoose(choice.words, asked.what === "canned");

  useEffect(() => {
    handle({
      key: (key) => {
        if (key === "ArrowDown") setAt((i) => Math.min(fitting.length - 1, i + 1));
        else if (key === "ArrowUp") setAt((i) => Math.max(0, i - 1));
        else if ((key === "Enter" || key === "Tab") && on) choose(on);
        else return false;
        return true;
      },
    });
    return () => handle(null);
  });

  if (fitting.length === 0) return <p className={css.nothing}>{t(asked.what === "canned" ? "composer.no_canned" : "composer.no_people")}</p>;
  return (
    <div className={css.suggest} role="listbox" aria-label={t(`composer.${asked.what}`)} data-testid={`suggest-${asked.what}`}>
      {fitting.map((choice) => (
        <div
          key={choice.id}
          role="option"
          tabIndex={-1}
          aria-selected={choice === on}
          // The words keep the caret.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(choice)}
        >
          <span>{choice.name}</span>
          <span className={css.preview}>{choice.preview}</span>
        </div>
      ))}
    </div>
  );
}

function useChoices(what: Asked["what"]): Choice[] {
  const { may } = useSession();
  const { t } = useWords();
  const canned = $api.useQuery("get", "/api/v1/canned", { params: { query: { limit: 200 } } }, { enabled: what === "canned" && may("canned.use"), staleTime: 60_000 });
  const people = $api.useQuery("get", "/api/v1/users", {}, { enabled: what === "people" && may("user.read"), staleTime: 300_000 });
  return useMemo(() => {
    if (what === "canned") return (canned.data?.items ?? []).map((c) => ({ id: c.id, name: c.name, preview: c.body.replace(/\s+/g, " "), words: c.body }));
    return (people.data?.items ?? []).filter((p) => p.role !== "acquirer").map((p) => ({ id: p.id, name: p.name, preview: t(`role.${p.role}`), words: `@${p.name} ` }));
  }, [what, canned.data, people.data, t]);
}
