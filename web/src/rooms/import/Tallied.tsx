import { useWords } from "@ground/i18n/Words";
import type { Page } from "./data";
import css from "./import.module.css";

/** Rows by where they stand; what there is none of is left out. */
export function Tallied({ page: { state, tally } }: { page: Page }) {
  const { t, f } = useWords();
  const shown = [
    ["made", tally.made],
    ["good", tally.good],
    ["known", tally.known],
    ["bad", tally.bad],
  ] as const;
  return (
    <dl className={css.tally}>
      {shown
        .filter(([name, rows]) => rows > 0 || (name === "bad" && state === "checked"))
        .map(([name, rows]) => (
          <div key={name} data-tally={name}>
            <dt>{t(`import.tally.${name}`)}</dt>
            <dd>{f.number(rows)}</dd>
          </div>
        ))}
    </dl>
  );
}
