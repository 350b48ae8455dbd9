import { Progress } from "antd";
import { useWords } from "@ground/i18n/Words";
import type { Page } from "./data";
import css from "./import.module.css";

/** While rows are checked or imported: how many of how many. One may leave. */
export function Working({ page }: { page: Page }) {
  const { t, f } = useWords();
  const total = page.state === "running" ? page.tally.good + page.tally.made : page.rows;
  const done = page.state === "running" ? page.tally.made : page.done;
  return (
    <div className={css.working} role="status">
      <h2>{t(`import.state.${page.state}`)}</h2>
      <Progress percent={total === 0 ? 100 : Math.floor((100 * done) / total)} showInfo={false} aria-label={t("import.progress")} />
      <p className="num">
        {f.number(done)} / {f.number(total)}
      </p>
      <p className="lead">{t("import.may_leave")}</p>
    </div>
  );
}
