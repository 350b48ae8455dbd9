import type { TicketRow } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./risk.module.css";
import { holders } from "./tiles";

/** Who holds what falls due. */
export function Holders({ rows, now }: { rows: readonly TicketRow[]; now: number }) {
  const { t } = useWords();
  return (
    <aside className={css.holders} aria-label={t("risk.holders")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("risk.holders")}</th>
            <th scope="col">{t("risk.late")}</th>
            <th scope="col">{t("risk.due")}</th>
          </tr>
        </thead>
        <tbody>
          {holders(rows, now).map((holder) => (
            <tr key={holder.id}>
              <td>{holder.claimed ? holder.name : t("ticket.unclaimed_of", { name: holder.name })}</td>
              <td>{holder.late || "—"}</td>
              <td>{holder.due || "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </aside>
  );
}
