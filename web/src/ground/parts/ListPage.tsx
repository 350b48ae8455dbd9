import type { ReactNode } from "react";
import css from "./parts.module.css";

/** A page that is a list: its title, its search, its one button, and the rows. */
export function ListPage({ title, tools, children }: { title: ReactNode; tools?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.list}>
      <header className={css.listHead}>
        <h1>{title}</h1>
        {tools}
      </header>
      {children}
    </section>
  );
}

/** Names and values, one pair a line. */
export function FactList({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
