import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./queue.module.css";

/** Number, serial, phone, last four digits, part of a name. Looks up when the typing pauses; the word stands in the address. */
export function SearchField({ q, onSearch }: { q: string | undefined; onSearch: (q: string) => void }) {
  const { t } = useWords();
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
  return (
    <Input
      className={css.search}
      prefix={<SearchOutlined />}
      allowClear
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={() => onSearch(typed.trim())}
      onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      placeholder={t("queue.search")}
      aria-label={t("queue.search")}
      data-testid="ticket-search"
    />
  );
}
