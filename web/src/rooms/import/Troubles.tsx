import { Button, Input, Popover } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type Page } from "./data";
import css from "./import.module.css";

type Trouble = Schema<"ImportTrouble">;

/** What is wrong, put together: mended once, it is mended wherever it stands. */
export function Troubles({ page }: { page: Page }) {
  const { t, f } = useWords();
  const found = $api.useQuery("get", "/api/v1/imports/{id}/troubles", { params: { path: { id: page.id } } });
  const correct = $api.useMutation("post", "/api/v1/imports/{id}/corrections", useAfter(page.id));
  const mend = (alike: Schema<"AlikeCorrection">) => correct.mutate({ params: { path: { id: page.id } }, body: { version: page.version, alike: [alike] } });
  if (!found.data) return found.error ? <ProblemLine problem={found.error} onRetry={() => void found.refetch()} /> : null;
  return (
    <section className={css.section}>
      <h2>{t("import.troubles")}</h2>
      {correct.error && <ProblemLine problem={correct.error} />}
      <ul className={css.troubles}>
        {found.data.items.map((trouble) => (
          <li key={`${trouble.column ?? ""}-${trouble.code}`}>
            <span className={css.troubleCount}>{t("import.row_count", { rows: f.number(trouble.rows) })}</span>
            <span>
              {trouble.column ? (
                <>
                  <span className={css.letter}>{trouble.column}</span> {trouble.header}
                </>
              ) : (
                t("import.whole_row")
              )}
            </span>
            <span>{trouble.sentence}</span>
            <span className={css.troubleDo}>
              {trouble.fixable > 0 && trouble.column && (
                <Button size="small" loading={correct.isPending} onClick={() => mend({ column: trouble.column!, code: trouble.code })} data-testid="import-fix-alike">
                  {t("import.fix_all", { rows: f.number(trouble.fixable) })}
                </Button>
              )}
              {trouble.column && trouble.alike.map((alike) => <Replace key={alike.value} trouble={trouble} alike={alike} busy={correct.isPending} onReplace={(value) => mend({ column: trouble.column!, code: trouble.code, was: alike.value, value })} />)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One text that stands in many rows, replaced in all of them. */
function Replace({ trouble, alike, busy, onReplace }: { trouble: Trouble; alike: Schema<"ImportAlike">; busy: boolean; onReplace: (value: string) => void }) {
  const { t, f } = useWords();
  const [value, setValue] = useState(alike.value);
  const name = t("import.replace", { value: alike.value || "—", rows: f.number(alike.rows) });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={name}
      content={
        <form
          className={css.replace}
          onSubmit={(event) => {
            event.preventDefault();
            onReplace(value.trim());
          }}
        >
          <Input value={value} onChange={(event) => setValue(event.target.value)} aria-label={trouble.header ?? name} maxLength={200} autoFocus />
          <Button htmlType="submit" type="primary" loading={busy} disabled={value.trim() === alike.value}>
            {t("import.replace_do")}
          </Button>
        </form>
      }
    >
      <Button size="small">{name}</Button>
    </Popover>
  );
}
