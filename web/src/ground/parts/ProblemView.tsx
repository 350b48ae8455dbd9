import { CopyOutlined, ReloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";
import type { Problem } from "@api";
import { isRefusal } from "@ground/api/problem";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { Nothing } from "./Nothing";
import css from "./parts.module.css";

/** The sentence of a problem: the server's, or ours where the server could not speak. */
export function useSentence(): (problem: Problem) => string {
  const { t } = useWords();
  return (problem) => problem.detail || t(`problem.${problem.code}` as Key);
}

function Code({ problem }: { problem: Problem }) {
  const { t } = useWords();
  return (
    <button type="button" className={css.code} title={t("action.copy")} onClick={() => void navigator.clipboard.writeText(problem.code)}>
      {problem.code} <CopyOutlined />
    </button>
  );
}

type Props = {
  problem: Problem;
  /** Asks again; without it there is nothing to repeat. */
  onRetry?: () => void;
  /** The way out, when there is one. */
  children?: ReactNode;
};

/** At its place, next to what it is about: calm grey for a "no", a red edge for an accident. */
export function ProblemLine({ problem, onRetry, children }: Props) {
  const { t } = useWords();
  const sentence = useSentence();
  return (
    <div role="alert" className={isRefusal(problem) ? css.refusal : css.accident} data-code={problem.code}>
      <p>{sentence(problem)}</p>
      <div className={css.problemFoot}>
        {children}
        {onRetry && (
          <Button size="small" icon={<ReloadOutlined />} onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )}
        <Code problem={problem} />
      </div>
    </div>
  );
}

/** Instead of a page or panel that could not be read. */
export function ProblemPage({ problem, onRetry }: Props) {
  const { t } = useWords();
  const sentence = useSentence();
  if (problem.status === 403) return <Nothing kind="forbidden" title={t("state.forbidden")} next={sentence(problem)} />;
  if (problem.status === 404) return <Nothing kind="empty" title={t("state.not_found")} next={t("state.not_found_next")} />;
  return (
    <Nothing kind="problem" title={sentence(problem)}>
      <div className={css.problemFoot}>
        {onRetry && (
          <Button icon={<ReloadOutlined />} onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )}
        <Code problem={problem} />
      </div>
    </Nothing>
  );
}
