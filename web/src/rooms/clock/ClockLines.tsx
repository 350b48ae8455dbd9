import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./clock.module.css";

/** One line per stretch, without a gap; the last column adds up to what the badge says. */
export function ClockLines({ lines }: { lines: Schema<"ClockLine">[] }) {
  const { t, f, pick } = useWords();
  return (
    <div className={css.scroll}>
      <table className={css.lines}>
        <thead>
          <tr>
            <th scope="col">{t("clock_page.from")}</th>
            <th scope="col">{t("clock_page.to")}</th>
            <th scope="col">{t("clock_page.kind")}</th>
            <th scope="col">{t("clock_page.basis")}</th>
            <th scope="col" className={css.end}>
              {t("clock_page.counted")}
            </th>
            <th scope="col" className={css.end}>
              {t("clock_page.total")}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, i) => (
            <tr key={`${line.cycle}-${line.from}-${i}`} data-kind={line.kind}>
              <td title={f.full(line.from)}>{f.moment(line.from)}</td>
              <td title={line.to ? f.full(line.to) : undefined}>{line.to ? f.moment(line.to) : t("clock_page.now")}</td>
              <td>
                <span className={css.swatch} data-kind={line.kind} aria-hidden />
                {t(`clock_page.kind_${line.kind}`)}
              </td>
              <td>{pick(line.basis)}</td>
              <td className={css.end}>{f.length(line.counted_s)}</td>
              <td className={css.end}>{f.length(line.total_s)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
