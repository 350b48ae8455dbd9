import { Button } from "antd";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { countOf, views, type QueueView } from "../views";
import css from "./queue.module.css";

type Props = { view: QueueView | undefined; counts: Schema<"TicketCounts"> | undefined; onView: (view: QueueView) => void };

/** The queues with what stands in each; every count leads to its rows. */
export function Views({ view, counts, onView }: Props) {
  const { t, f } = useWords();
  return (
    <nav className={css.views} aria-label={t("queue.views")}>
      {views.map((name) => {
        const count = countOf(counts, name);
        return (
          <Button key={name} type="text" className={css.view} aria-current={name === view ? "page" : undefined} onClick={() => onView(name)} data-testid={`view-${name}`}>
            <span>{t(`queue.view.${name}`)}</span>
            <span className={css.viewCount}>{count === undefined ? "" : f.number(count)}</span>
          </Button>
        );
      })}
    </nav>
  );
}
