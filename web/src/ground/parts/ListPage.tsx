import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import css from "./parts.module.css";

type Props = {
  title: ReactNode;
  /** The page this one belongs to. */
  up?: { to: LinkProps["to"]; name: string };
  /** A line about what stands here, under the title. */
  about?: ReactNode;
  tools?: ReactNode;
  /** Where else one can go from here, above it. */
  nav?: ReactNode;
  /** What stands open beside it. */
  side?: ReactNode;
  children: ReactNode;
};

/** A page that is a list: its title, its search, its one button, and the rows. */
export function ListPage({ title, up, about, tools, nav, side, children }: Props) {
  const page = (
    <section className={css.list}>
      {nav}
      <header className={css.listHead}>
        <div className={css.listTitle}>
          <h1>
            {up && (
              <>
                <Link to={up.to} className={css.up}>
                  {up.name}
                </Link>{" "}
                /{" "}
              </>
            )}
            {title}
          </h1>
          {about && <p className="meta">{about}</p>}
        </div>
        {tools}
      </header>
      {children}
    </section>
  );
  if (side === undefined) return page;
  return (
    <div className={css.beside}>
      {page}
      {side}
    </div>
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
