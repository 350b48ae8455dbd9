import { EditOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { RowsLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type Page } from "./data";
import css from "./import.module.css";

type Line = Schema<"ImportLine">;
type Wrong = Schema<"ImportError">;

const paging = { pageParamName: "after", initialPageParam: 0, getNextPageParam: (last: { next?: number | null }) => last.next ?? null } as const;

const letterOf = (place: string) => /^[A-Z]+/.exec(place)?.[0];

/** Every wrong cell: where it stands, what stands there, why it cannot stay, and what was probably meant. */
export function BadRows({ page, fixed = false }: { page: Page; fixed?: boolean }) {
  const { t, f } = useWords();
  const list = $api.useInfiniteQuery("get", "/api/v1/imports/{id}/rows", { params: { path: { id: page.id }, query: { state: "bad", limit: 50 } } }, paging);
  const correct = $api.useMutation("post", "/api/v1/imports/{id}/corrections", useAfter(page.id));
  const lines = list.data?.pages.flatMap((one) => one.items) ?? [];
  const mend = (line: Line, column: string, value: string) => correct.mutate({ params: { path: { id: page.id } }, body: { version: page.version, cells: [{ row: line.row, column, value }] } });
  return (
    <section className={css.section}>
      <h2>{t("import.bad_rows", { rows: f.number(page.tally.bad) })}</h2>
      {(list.error ?? correct.error) && <ProblemLine problem={(list.error ?? correct.error)!} />}
      {list.isPending ? (
        <RowsLoading rows={8} />
      ) : (
        <div className={css.scroll} tabIndex={0} role="region" aria-label={t("import.bad_rows", { rows: f.number(page.tally.bad) })}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col" className={css.end}>
                  {t("import.row")}
                </th>
                <th scope="col">{t("import.column")}</th>
                <th scope="col">{t("import.value")}</th>
                <th scope="col">{t("import.trouble")}</th>
                {!fixed && <th scope="col">{t("import.do")}</th>}
              </tr>
            </thead>
            <tbody>
              {lines.flatMap((line) =>
                line.errors.map((error, index) => (
                  <tr key={`${line.row}-${error.place}-${error.code}`}>
                    <td className={css.end} data-head={t("import.row")}>{index === 0 ? line.row : ""}</td>
                    <td>
                      {letterOf(error.place) ? (
                        <>
                          <span className={css.letter}>{letterOf(error.place)}</span> {error.header}
                        </>
                      ) : (
                        t("import.whole_row")
                      )}
                    </td>
                    <td className={css.value}>{error.value || "—"}</td>
                    <td className={css.sentence}>{error.sentence}</td>
                    {!fixed && (
                      <td>
                        <Mend error={error} busy={correct.isPending} onMend={(value) => mend(line, letterOf(error.place)!, value)} />
                      </td>
                    )}
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("import.more_rows")}
        </Button>
      )}
    </section>
  );
}

/** Takes the proposed text, or lets one type another. */
function Mend({ error, busy, onMend }: { error: Wrong; busy: boolean; onMend: (value: string) => void }) {
  const { t } = useWords();
  const [typed, setTyped] = useState<string>();
  if (!letterOf(error.place)) return null;
  if (typed !== undefined) {
    return (
      <form
        className={css.mend}
        onSubmit={(event) => {
          event.preventDefault();
          onMend(typed.trim());
        }}
      >
        <Input size="small" value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={(event) => event.key === "Escape" && setTyped(undefined)} aria-label={error.header ?? error.place} maxLength={200} autoFocus />
        <Button size="small" type="primary" htmlType="submit" loading={busy}>
          {t("import.save_cell")}
        </Button>
      </form>
    );
  }
  return (
    <span className={css.mend}>
      {error.fix && (
        <Button size="small" disabled={busy} onClick={() => onMend(error.fix!)} data-testid="import-fix">
          {t("import.fix", { value: error.fix })}
        </Button>
      )}
      <Button size="small" type="text" icon={<EditOutlined />} onClick={() => setTyped(error.value)} aria-label={t("import.edit_place", { place: error.place })}>
        {!error.fix && t("import.edit")}
      </Button>
    </span>
  );
}
