import type { Problem } from "@api";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import type { ComponentProps } from "react";
import { DataList } from "./DataList";

/** A list that is read page by page, as the query hands it out. */
export type Paged = {
  isPending: boolean;
  error: Problem | null;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
};

type Props<Row> = Omit<ComponentProps<typeof DataList<Row>>, "more"> & {
  list: Paged;
  /** What is said when there is no row. */
  nothing: Omit<ComponentProps<typeof Nothing>, "kind"> & { kind?: "empty" | "no_match" };
};

/** The rows of a paged list; before them their outline, instead of them why there are none. */
export function PagedList<Row>({ list, nothing, ...shown }: Props<Row>) {
  if (list.isPending) return <RowsLoading />;
  if (list.error) return <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />;
  if (shown.rows.length === 0) return <Nothing kind="empty" {...nothing} />;
  return <DataList<Row> {...shown} more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }} />;
}
