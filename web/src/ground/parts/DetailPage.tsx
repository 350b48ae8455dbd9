import type { ReactNode } from "react";
import css from "./detail.module.css";

/** The page of one thing: what it is at the top, what goes on with it in the middle, its facts beside. */
export function DetailPage({ head, side, children }: { head: ReactNode; side: ReactNode; children: ReactNode }) {
  return (
    <div className={css.page}>
      <header className={css.head}>{head}</header>
      <div className={css.columns}>
        <div className={css.main}>{children}</div>
        <aside className={css.side}>{side}</aside>
      </div>
    </div>
  );
}
