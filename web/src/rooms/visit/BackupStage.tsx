import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

const answers = ["done", "not_applicable", "refused"] as const;

/** What became of the merchant's data; asked before anything that could lose them. */
export function BackupStage({ page }: { page: Page }) {
  const { t } = useWords();
  const backup = useCommand(page.order.id, "backup");
  return (
    <>
      <p className={css.plain}>{t("field.backup_why")}</p>
      <div className={css.answers} role="radiogroup" aria-label={t("field.stage.backup")}>
        {answers.map((state) => {
          const sending = backup.isPending && backup.variables.state === state;
          return (
            <Button key={state} className={css.big} block role="radio" aria-checked={page.order.backup === state} data-on={page.order.backup === state || undefined} loading={sending} onClick={() => backup.mutate({ state })}>
              {t(`field.backup.${state}`)}
            </Button>
          );
        })}
      </div>
      {backup.error && <ProblemLine problem={backup.error} />}
    </>
  );
}
