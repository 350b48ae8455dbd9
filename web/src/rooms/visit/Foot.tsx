import type { ReactNode } from "react";
import css from "./field.module.css";

/** Where the thumb is: one main button over the full width, and at most one line above it. */
export function Foot({ children }: { children: ReactNode }) {
  return <footer className={css.foot}>{children}</footer>;
}
