import { Button, Select } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type Page } from "./data";
import css from "./import.module.css";

/** How many rows of the file stand beside the choice. */
const EXAMPLES = 3;

/** What each column means: guessed from its title, confirmed by a person who sees what stands in it. */
export function Mapping({ page }: { page: Page }) {
  const { t, pick } = useWords();
  const [fields, setFields] = useState<Record<string, string>>(() => Object.fromEntries(page.columns.flatMap((column) => (column.field ? [[column.letter, column.field]] : []))));
  const check = $api.useMutation("post", "/api/v1/imports/{id}/check", useAfter(page.id));
  const choose = (letter: string, field: string | undefined) =>
    setFields((before) => {
      // A field has one column: choosing it here takes it away there.
      const others = Object.entries(before).filter(([at, other]) => at !== letter && other !== field);
      return Object.fromEntries(field === undefined ? others : [...others, [letter, field]]);
    });
  const missing = page.fields.filter((field) => field.needed && !Object.values(fields).includes(field.name));
  const mapping = Object.fromEntries(Object.entries(fields).map(([letter, field]) => [field, letter]));
  return (
    <>
      <p className="lead">{t("import.columns_lead")}</p>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={t("import.step.columns")}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.means")}</th>
              <th scope="col" colSpan={EXAMPLES}>
                {t("import.examples")}
              </th>
            </tr>
          </thead>
          <tbody>
            {page.columns.map((column, index) => (
              <tr key={column.letter}>
                <th scope="row">
                  <span className={css.letter}>{column.letter}</span> {column.header || "—"}
                </th>
                <td>
                  <Select
                    className={css.field}
                    allowClear
                    placeholder={t("import.leave_out")}
                    value={fields[column.letter]}
                    aria-label={t("import.means_of", { column: column.header || column.letter })}
                    onChange={(field: string | undefined) => choose(column.letter, field)}
                    options={page.fields.map((field) => ({ value: field.name, label: field.needed ? `${pick(field.title)} *` : pick(field.title) }))}
                  />
                </td>
                {Array.from({ length: EXAMPLES }, (_, row) => (
                  <td key={row} className={css.cell}>
                    {page.sample[row]?.[index] ?? ""}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={css.actions}>
        <Button
          type="primary"
          disabled={missing.length > 0}
          loading={check.isPending}
          onClick={() => check.mutate({ params: { path: { id: page.id } }, body: { version: page.version, mapping } })}
          data-testid="import-check"
        >
          {t("import.check")}
        </Button>
        {missing.length > 0 ? <span>{t("import.still_needed", { fields: missing.map((field) => pick(field.title)).join(t("list.comma")) })}</span> : <span className="meta">{t("import.check_why")}</span>}
      </div>
      {check.error && <ProblemLine problem={check.error} />}
    </>
  );
}
