import { Tabs } from "antd";
import type { ReactNode } from "react";
import css from "./parts.module.css";

type Props<View extends string> = {
  value: View;
  views: readonly { key: View; label: ReactNode }[];
  onView: (view: View) => void;
};

/** Which of its views a list is seen in; beside the title of its page. */
export function ViewTabs<View extends string>({ value, views, onView }: Props<View>) {
  return <Tabs activeKey={value} onChange={(key) => onView(key as View)} items={[...views]} className={css.viewTabs} />;
}
