import { Link } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import type { RailItem } from "./rail";
import css from "./shell.module.css";

/** The rooms one may open; at the left on a desk, at the bottom on a phone. */
export function Rail({ items, here }: { items: readonly RailItem[]; here: RailItem | undefined }) {
  const { t } = useWords();
  return (
    <nav className={css.rail} aria-label={t("shell.rooms")}>
      {items.map((item) => (
        <Link key={item.to} to={item.to} className={css.railItem} title={t(item.name)} aria-current={item === here ? "page" : undefined} data-testid={`rail-${item.word}`}>
          <item.icon />
          <span>{t(item.word)}</span>
        </Link>
      ))}
    </nav>
  );
}
