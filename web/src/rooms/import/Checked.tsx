import { DownloadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import type { Problem } from "@api";
import { download } from "@ground/api/files";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { BadRows } from "./BadRows";
import { useAfter, type Page } from "./data";
import css from "./import.module.css";
import { Mapping } from "./Mapping";
import { Tallied } from "./Tallied";
import { Troubles } from "./Troubles";

/** What the check found. Importing only what is good is said before it is done; mending everything first is the other way. */
export function Checked({ page }: { page: Page }) {
  const { t, f } = useWords();
  const [again, setAgain] = useState(false);
  const { good, known, bad } = page.tally;
  const after = useAfter(page.id);
  const commit = $api.useMutation("post", "/api/v1/imports/{id}/commit", after);
  const check = $api.useMutation("post", "/api/v1/imports/{id}/check", after);
  const errors = useMutation<unknown, Problem>({ mutationFn: () => download(`/api/v1/imports/${page.id}/errors.xlsx`) });
  if (again) return <Mapping page={page} />;
  const mapping = Object.fromEntries(page.columns.flatMap((column) => (column.field ? [[column.field, column.letter]] : [])));
  const problem = commit.error ?? errors.error ?? check.error;
  return (
    <>
      <Tallied page={page} />
      {good === 0 && <p className="lead">{t("import.nothing", { known: f.number(known), bad: f.number(bad) })}</p>}
      <div className={css.actions}>
        <Button
          type="primary"
          disabled={good === 0}
          loading={commit.isPending}
          onClick={() => commit.mutate({ params: { path: { id: page.id } }, body: { version: page.version, choice: bad > 0 ? "good" : "all" } })}
          data-testid="import-commit"
        >
          {t(bad > 0 ? "import.commit_good" : "import.commit_all", { rows: f.number(good) })}
        </Button>
        {bad > 0 && (
          <Button icon={<DownloadOutlined />} loading={errors.isPending} onClick={() => errors.mutate()} data-testid="import-errors">
            {t("import.errors")}
          </Button>
        )}
        <Button loading={check.isPending} onClick={() => check.mutate({ params: { path: { id: page.id } }, body: { version: page.version, mapping } })}>
          {t("import.check_again")}
        </Button>
        <Button type="text" onClick={() => setAgain(true)}>
          {t("import.columns_again")}
        </Button>
      </div>
      {problem && <ProblemLine problem={problem} />}
      {bad > 0 && (
        <>
          <Troubles page={page} />
          <BadRows page={page} />
        </>
      )}
    </>
  );
}
