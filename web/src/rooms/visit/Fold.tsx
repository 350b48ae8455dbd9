import type { ReactNode } from "react";
import css from "./field.module.css";

/** Further facts behind one line. */
export function Fold({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className={css.fold}>
      <summary>{title}</summary>
      <div className={css.foldBody}>{children}</div>
    </details>
  );
}
