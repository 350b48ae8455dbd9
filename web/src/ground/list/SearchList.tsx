import { Button } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SearchField } from "@ground/parts/SearchField";
import { DataList, type Column } from "./DataList";

/** As much of a paged query as a list needs. */
type Listed = { isPending: boolean; error: Problem | null; refetch: () => unknown; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

type Props<Row> = {
  title: string;
  list: Listed;
  rows: readonly Row[];
  id: (row: Row) => string;
  columns: readonly Column<Row>[];
  card: (row: Row) => ReactNode;
  onOpen: (row: Row) => void;
  search: { q: string | undefined; onSearch: (q: string) => void; hint: string; testId: string };
  /** What is said when there is nothing yet, and when nothing fits. */
  empty: { title: string; next: string; noMatch: string };
  /** Beside the search. */
  tools?: ReactNode;
};

/** A page that is one list found by words: its states, its search, its rows. */
export function SearchList<Row>({ title, list, rows, id, columns, card, onOpen, search, empty, tools }: Props<Row>) {
  const { t } = useWords();
  const { q, onSearch } = search;
  return (
    <ListPage
      title={title}
      tools={
        <>
          <SearchField {...search} />
          {tools}
        </>
      }
    >
      {list.isPending ? (
        <RowsLoading rows={20} />
      ) : list.error ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        q ? (
          <Nothing kind="no_match" title={t("queue.no_match", { q })} next={empty.noMatch}>
            <Button onClick={() => onSearch("")}>{t("queue.clear")}</Button>
          </Nothing>
        ) : (
          <Nothing kind="empty" title={empty.title} next={empty.next} />
        )
      ) : (
        <DataList
          key={q ?? ""}
          label={title}
          rows={rows}
          id={id}
          columns={columns}
          onOpen={onOpen}
          more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
          card={card}
        />
      )}
    </ListPage>
  );
}
