import { Button } from "antd";
import type { ReactNode } from "react";
import { useWords } from "@ground/i18n/Words";
import { ListPage } from "@ground/parts/ListPage";
import { SearchField } from "@ground/parts/SearchField";
import type { Column } from "./DataList";
import { PagedList, type Paged } from "./PagedList";

type Props<Row> = {
  title: string;
  list: Paged;
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
      <PagedList
        key={q ?? ""}
        list={list}
        nothing={q ? { kind: "no_match", title: t("queue.no_match", { q }), next: empty.noMatch, children: <Button onClick={() => onSearch("")}>{t("queue.clear")}</Button> } : { title: empty.title, next: empty.next }}
        label={title}
        rows={rows}
        id={id}
        columns={columns}
        onOpen={onOpen}
        card={card}
      />
    </ListPage>
  );
}
