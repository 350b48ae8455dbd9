import type { ComponentProps, ReactNode } from "react";
import { ListPage } from "@ground/parts/ListPage";
import { ViewTabs } from "@ground/parts/ViewTabs";
import { PagedList } from "./PagedList";

type Props<Row, View extends string> = Omit<ComponentProps<typeof PagedList<Row>>, "label"> & {
  title: string;
  view: ComponentProps<typeof ViewTabs<View>>;
  /** Rows stay where they are while a hand is near them; another turn lays them out anew. */
  turn?: number;
  /** Beside the views. */
  tools?: ReactNode;
  /** What stands open beside the list. */
  side?: ReactNode;
  /** What is open above the list. */
  children?: ReactNode;
};

/** A page that is one list, seen in one of a few views. */
export function ViewList<Row, View extends string>({ title, view, turn, tools, side, children, ...list }: Props<Row, View>) {
  return (
    <ListPage
      title={title}
      side={side}
      tools={
        <>
          <ViewTabs {...view} />
          {tools}
        </>
      }
    >
      <PagedList<Row> key={turn} {...list} label={title} />
      {children}
    </ListPage>
  );
}
