import { Button, Switch } from "antd";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { Kbd } from "@ground/parts/Kbd";
import css from "./keys.module.css";
import { move, movable, pressedFor, taken, useMoves } from "./remap";
import { useSingleKeys } from "./useKeys";

/** What each movable key does, in the words of the key sheet. */
const words: Record<(typeof movable)[number], Key> = {
  "/": "keys.search",
  "?": "keys.sheet",
  c: "queue.new",
  f: "keys.filter",
  j: "keys.next_row",
  k: "keys.previous_row",
  x: "keys.pick",
  r: "do.reply",
  n: "do.note",
  a: "do.assign",
  s: "keys.state",
  p: "do.priority",
  m: "keys.move_to",
  u: "dispatch.withdraw",
  l: "dispatch.pin",
  e: "keys.take",
  "[": "keys.previous",
  "]": "keys.next",
  ".": "keys.copy",
  t: "keys.today",
};

/** One's own keys: off altogether, or elsewhere. */
export function KeySettings() {
  const { t } = useWords();
  const [on, setOn] = useSingleKeys();
  const moved = useMoves();
  const [asking, setAsking] = useState<string | null>(null);
  const [no, setNo] = useState<{ key: string; by: string } | null>(null);
  useEffect(() => {
    if (asking === null) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") return setAsking(null);
      if ([...event.key].length !== 1 || event.key === " ") return;
      event.preventDefault();
      event.stopPropagation();
      const key = event.key.toLowerCase();
      const by = taken(key, asking, moved);
      if (by !== undefined) return setNo({ key, by });
      const { [asking]: _, ...rest } = moved;
      move(key === asking ? rest : { ...rest, [asking]: key });
      setNo(null);
      setAsking(null);
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, [asking, moved]);
  const name = (key: string) => (key === "g" ? t("keys.go") : t(words[key as keyof typeof words]));
  return (
    <>
      <label className={css.off}>
        <Switch checked={on} onChange={setOn} />
        {t("keys.single")}
      </label>
      <p className="lead">{t("keys.settings_lead")}</p>
      <dl className={css.rows}>
        {movable.map((key) => (
          <div key={key}>
            <dt>
              <Kbd>{pressedFor(key, moved).toUpperCase()}</Kbd>
            </dt>
            <dd className={css.setting}>
              <span>{t(words[key])}</span>
              {asking === key ? (
                <span role="status">{no ? t("keys.taken", { key: no.key.toUpperCase(), does: name(no.by) }) : t("keys.press")}</span>
              ) : (
                <Button
                  size="small"
                  type="text"
                  disabled={!on}
                  aria-label={t("keys.change_of", { does: t(words[key]), key: pressedFor(key, moved).toUpperCase() })}
                  onClick={(event) => {
                    // The next key is the answer, not a click on this button.
                    event.currentTarget.blur();
                    setNo(null);
                    setAsking(key);
                  }}
                >
                  {t("keys.change")}
                </Button>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {Object.keys(moved).length > 0 && <Button onClick={() => move({})}>{t("keys.usual")}</Button>}
    </>
  );
}
