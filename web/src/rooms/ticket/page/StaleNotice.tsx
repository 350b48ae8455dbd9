import type { TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { changes } from "./changes";
import css from "./page.module.css";

/** Somebody was quicker: what they changed, while one's own words stay. Sending again goes on from there. */
export function StaleNotice({ seen, now }: { seen: TicketPage; now: TicketPage }) {
  const { t } = useWords();
  return (
    <div role="alert" className={css.stale} data-testid="stale">
      <p>{t("stale.sentence")}</p>
      <ul>
        {changes(seen, now, t).map(({ what, before, now: after }) => (
          <li key={what}>{t("stale.change", { what: t(what), before, now: after })}</li>
        ))}
      </ul>
    </div>
  );
}
