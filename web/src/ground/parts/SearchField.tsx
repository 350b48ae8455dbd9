import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useEffect, useRef, useState } from "react";
import type { InputRef } from "antd";
import { useKeys } from "@ground/keys/useKeys";
import css from "./parts.module.css";

type Props = {
  q: string | undefined;
  onSearch: (q: string) => void;
  /** What can be typed. */
  hint: string;
  testId: string;
};

/** Looks up when the typing pauses; the word stands in the address. `/` leads here. */
export function SearchField({ q, onSearch, hint, testId }: Props) {
  const field = useRef<InputRef>(null);
  const [typed, setTyped] = useState(q ?? "");
  const [seen, setSeen] = useState(q);
  // The address changed by itself (a view was clicked): the field follows.
  if (q !== seen) {
    setSeen(q);
    setTyped(q ?? "");
  }
  const asked = q ?? "";
  useEffect(() => {
    const word = typed.trim();
    if (word === asked || (word.length === 1 && !/\d/.test(word))) return;
    const timer = setTimeout(() => onSearch(word), 350);
    return () => clearTimeout(timer);
  }, [typed, asked, onSearch]);
  useKeys({ "/": () => field.current?.focus() });
  return (
    <Input
      ref={field}
      className={css.search}
      prefix={<SearchOutlined />}
      allowClear
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={() => onSearch(typed.trim())}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      placeholder={hint}
      aria-label={hint}
      data-testid={testId}
    />
  );
}
