/** What a list of tickets shows, as its address says it. */
import type { Schema } from "@api";
import { fromAddress } from "@ground/list/address";
import { asView, type QueueView } from "./views";

export const sorts = ["due", "oldest", "newest", "changed"] as const;
export type Sort = (typeof sorts)[number];

/** What a list can be narrowed to. Several words stand with commas between, as the server reads them. */
export const dimensions = ["state", "priority", "channel", "waiting", "owner", "district", "tier", "fault"] as const;
export type Dimension = (typeof dimensions)[number];

export const columnKeys = ["clock", "number", "subject", "place", "priority", "state", "owner", "channel", "tier", "opened", "changed", "last"] as const;
export type ColumnKey = (typeof columnKeys)[number];

/** The whole choice stands in the address, so that it can be sent to somebody and the back button means something. */
export type QueueSearch = {
  view?: QueueView;
  q?: string;
  /** The saved view this began as. */
  saved?: string;
  sort?: Exclude<Sort, "due">;
  layout?: "kanban";
  columns?: string;
} & { [D in Dimension]?: string };

export function queueSearch(given: Record<string, unknown>): QueueSearch {
  const view = asView(given.view);
  const sort = sorts.find((s) => s === given.sort);
  const search: QueueSearch = {};
  if (view && view !== "open") search.view = view;
  if (sort && sort !== "due") search.sort = sort;
  if (given.layout === "kanban") search.layout = "kanban";
  for (const name of ["q", "saved", "columns", ...dimensions] as const) {
    const said = fromAddress(given[name]);
    if (said !== undefined) search[name] = said;
  }
  return search;
}

/** The filter of an address. */
export function filterOf(search: QueueSearch): { [D in Dimension]?: string } {
  const filter: { [D in Dimension]?: string } = {};
  for (const name of dimensions) {
    const said = search[name];
    if (said !== undefined) filter[name] = said;
  }
  return filter;
}

/** What the server is asked for. */
export const listQuery = (search: QueueSearch) => ({ view: search.view ?? ("open" as const), ...(search.sort && { sort: search.sort }), ...filterOf(search) });

/** The same without what makes no difference to a count. */
export const countQuery = (search: QueueSearch) => ({ view: search.view ?? ("open" as const), ...filterOf(search) });

export const isNarrowed = (search: QueueSearch) => dimensions.some((name) => search[name] !== undefined);

/** The address of a saved view. */
export function searchOf(view: Schema<"DeskView">): QueueSearch {
  const { filter } = view;
  return queueSearch({
    ...filter,
    view: view.queue,
    sort: view.sort,
    saved: view.id,
    ...(view.layout === "kanban" && { layout: "kanban" }),
    ...(view.columns.length > 0 && { columns: view.columns.join(",") }),
  });
}

/** Whether an address still shows what the saved view it began as shows. */
export function isAs(search: QueueSearch, view: Schema<"DeskView">): boolean {
  const [now, kept] = [search, searchOf(view)];
  const names = ["view", "sort", "layout", "columns", ...dimensions] as const;
  return names.every((name) => (now[name] ?? "") === (kept[name] ?? ""));
}

/** The columns an address asks for, in its order; none when it asks for none, or for none we know. */
export const columnsOf = (search: QueueSearch): ColumnKey[] => (search.columns ?? "").split(",").flatMap((key) => columnKeys.find((known) => known === key) ?? []);

/** An address as a saved view keeps it. */
export const viewBody = (search: QueueSearch) => ({
  queue: search.view ?? ("open" as const),
  sort: search.sort ?? ("due" as const),
  layout: search.layout ?? ("list" as const),
  columns: columnsOf(search),
  filter: filterOf(search),
});
