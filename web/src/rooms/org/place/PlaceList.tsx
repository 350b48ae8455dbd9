import type { ReactNode } from "react";
import type { Problem } from "@api";
import { DataList, type Column } from "@ground/list/DataList";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { OrgNav } from "../OrgNav";
import css from "../org.module.css";

type Listed = { isPending: boolean; error: Problem | null; refetch: () => unknown; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

type Props<Row extends { id: string }> = {
  title: string;
  empty: { title: string; next: string };
  list: Listed;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  card: (row: Row) => ReactNode;
  onOpen: (row: Row) => void;
  tools: ReactNode;
};

/** A short list of the house's own: branches, partners, keys. */
export function PlaceList<Row extends { id: string }>({ title, empty, list, rows, columns, card, onOpen, tools }: Props<Row>) {
  return (
    <div className={css.whole}>
      <OrgNav />
      <ListPage title={title} tools={tools}>
        {list.isPending ? (
          <RowsLoading rows={6} />
        ) : list.error ? (
          <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Nothing kind="empty" {...empty} />
        ) : (
          <DataList label={title} rows={rows} id={(row) => row.id} columns={columns} onOpen={onOpen} more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} card={card} />
        )}
      </ListPage>
    </div>
  );
}
