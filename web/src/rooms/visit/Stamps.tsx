import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { passed, type Page } from "./stage";

const points = ["accepted", "departed", "arrived", "completed"] as const;

/** The four times of a visit: stamped ones with their time, the others empty. */
export function Stamps({ page }: { page: Page }) {
  const { t, f } = useWords();
  return (
    <ol className={css.stamps} aria-label={t("field.stamps")}>
      {points.map((point) => {
        const at = passed(page, point);
        return (
          <li key={point} data-done={at !== null || undefined}>
            <span>
              <span aria-hidden>{at ? "✓ " : "○ "}</span>
              {t(`field.stamp.${point}`)}
            </span>
            <time className="num" {...(at && { dateTime: at, title: f.full(at) })}>
              {at ? f.clock(at) : "—"}
            </time>
          </li>
        );
      })}
    </ol>
  );
}
