import { CheckCircleFilled, ClockCircleOutlined, MinusCircleOutlined, PlusCircleOutlined } from "@ant-design/icons";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./terminal.module.css";

type Judged = Schema<"TermJudged">;

const SIGNS: Record<Judged["verdict"], typeof CheckCircleFilled> = {
  decides: CheckCircleFilled,
  holds: PlusCircleOutlined,
  ended: ClockCircleOutlined,
  other: MinusCircleOutlined,
};

/** Every warranty term that was looked at: the one that decides first, then those that hold too, are over, or are about something else. */
export function Terms({ terms }: { terms: Judged[] }) {
  const { t, pick } = useWords();
  return (
    <ul className={css.terms}>
      {terms.map((term) => {
        const Sign = SIGNS[term.verdict];
        return (
          <li key={`${term.code} ${term.name.zh}`} data-verdict={term.verdict}>
            <Sign role="img" aria-label={t(`coverage.${term.verdict}`)} title={t(`coverage.${term.verdict}`)} />
            <div>
              <div className={css.term}>
                <span>{pick(term.name)}</span>
                <code>{term.code}</code>
              </div>
              <div className={css.dim}>{pick(term.why)}</div>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
