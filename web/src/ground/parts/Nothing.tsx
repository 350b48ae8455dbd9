import { ExclamationCircleOutlined, InboxOutlined, LockOutlined, SearchOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import css from "./parts.module.css";

const icons = {
  empty: InboxOutlined,
  no_match: SearchOutlined,
  forbidden: LockOutlined,
  problem: ExclamationCircleOutlined,
};

type Props = {
  kind: keyof typeof icons;
  /** What is so. */
  title: string;
  /** Why, and what one can do. */
  next?: string;
  children?: ReactNode;
};

/** Where nothing stands: nothing yet, nothing that fits, no right to see it, or an accident. They look different because they are. */
export function Nothing({ kind, title, next, children }: Props) {
  const Icon = icons[kind];
  return (
    <div className={css.nothing} role={kind === "problem" ? "alert" : "status"} data-nothing={kind}>
      <Icon className={css.nothingIcon} aria-hidden />
      <p className={css.nothingTitle}>{title}</p>
      {next && <p className={css.nothingNext}>{next}</p>}
      {children}
    </div>
  );
}
