/** A keyset-paged list as one growing array. */
import { useMemo } from "react";

type Paged<Row> = { data?: { pages: readonly { items: Row[]; next_cursor?: string | null }[] } };

export const keyset = {
  pageParamName: "cursor",
  initialPageParam: null,
  getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? null,
} as const;

export function useRows<Row>({ data }: Paged<Row>): Row[] {
  return useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
}
