import { EditOutlined, EyeOutlined } from "@ant-design/icons";
import { useWords } from "@ground/i18n/Words";
import type { Present } from "./useCompany";
import css from "./page.module.css";

/** How many others look at the ticket; their names on hover. */
export function Viewers({ people }: { people: readonly Present[] }) {
  const { t } = useWords();
  if (people.length === 0) return null;
  const names = people.map((one) => one.name).join(t("list.comma"));
  return (
    <span className={css.company} title={names} data-testid="viewers">
      <EyeOutlined aria-hidden /> {t("ticket.viewers", { count: people.length })}
    </span>
  );
}

/** A line, no lock: somebody else is writing just now. */
export function Writers({ people }: { people: readonly Present[] }) {
  const { t } = useWords();
  const writing = people.filter((one) => one.doing === "writing");
  return (
    <p className={css.writing} role="status" data-testid="writers">
      {writing.length > 0 && (
        <>
          <EditOutlined aria-hidden /> {t("ticket.writing", { who: writing.map((one) => one.name).join(t("list.comma")) })}
        </>
      )}
    </p>
  );
}
