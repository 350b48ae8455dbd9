import type { ReactNode } from "react";
import type { Problem } from "@api";
import type { Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { ListPage } from "@ground/parts/ListPage";
import { OrgNav } from "../OrgNav";

type Listed = { isPending: boolean; error: Problem | null; refetch: () => unknown; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

type Props<Row extends { id: string }> = {
  title: string;
  empty: { title: string; next: string };
  list: Listed;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  card: (row: Row) => ReactNode;
  onOpen?: ((row: Row) => void) | undefined;
  tools: ReactNode;
};

/** A short list of the house's own: branches, partners, keys. */
export function PlaceList<Row extends { id: string }>({ title, empty, list, rows, columns, card, onOpen, tools }: Props<Row>) {
  return (
    <ListPage nav={<OrgNav />} title={title} tools={tools}>
      <PagedList list={list} nothing={empty} label={title} rows={rows} id={(row) => row.id} columns={columns} onOpen={onOpen} card={card} />
    </ListPage>
  );
}
