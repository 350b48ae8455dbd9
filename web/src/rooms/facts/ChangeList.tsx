import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { titleOf, type FactField, type Values } from "./data";
import css from "./facts.module.css";
import { useShown } from "./useShown";

/** What two versions differ in: row by row, each field before and after. */
export function ChangeList({ fields, changes, onRow }: { fields: readonly FactField[]; changes: readonly Schema<"Change">[]; onRow?: (code: string) => void }) {
  const { t, pick } = useWords();
  const shown = useShown();
  const say = (name: string, value: unknown) => {
    const field = fields.find((f) => f.name === name);
    if (name === "off") return t(value ? "facts.yes" : "facts.no");
    return field ? shown(field, value) : String(value ?? "—");
  };
  const rows = [...new Set(changes.map((c) => c.code))];
  return (
    <ul className={css.changes}>
      {rows.map((code) => (
        <li key={code}>
          {onRow ? (
            <button type="button" className={css.rowLink} onClick={() => onRow(code)}>
              {code}
            </button>
          ) : (
            <span className={css.mono}>{code}</span>
          )}
          <dl>
            {changes
              .filter((c) => c.code === code)
              .map((c) =>
                c.field == null ? (
                  <div key="whole">
                    <dt>{t(c.before == null ? "facts.came" : "facts.went")}</dt>
                    <dd>{pick(titleOf(fields, (c.after ?? c.before) as Values)) || "—"}</dd>
                  </div>
                ) : (
                  <div key={c.field}>
                    <dt>{t(`facts.field.${c.field}` as Key)}</dt>
                    <dd>
                      <del>{say(c.field, c.before)}</del> <span aria-hidden>→</span> <ins>{say(c.field, c.after)}</ins>
                    </dd>
                  </div>
                ),
              )}
          </dl>
        </li>
      ))}
    </ul>
  );
}
