import { Button, Input } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

/** What was saved is back, and somebody looked. */
export function RestoreStage({ page }: { page: Page }) {
  const { t } = useWords();
  const [note, setNote] = useState("");
  const restore = useCommand(page.order.id, "restore");
  const say = (verified: boolean) => restore.mutate({ verified, note: note.trim() || null });
  const is = page.order.restore_verified;
  return (
    <>
      <p className={css.plain}>{t("field.restore_why")}</p>
      <Input.TextArea size="large" className={css.field} value={note} onChange={(event) => setNote(event.target.value)} autoSize={{ minRows: 1 }} maxLength={2000} aria-label={t("field.note")} placeholder={t("field.note_hint")} />
      <div className={css.two} role="radiogroup" aria-label={t("field.stage.restore")}>
        <Button className={css.big} role="radio" aria-checked={is === false} data-on={is === false || undefined} disabled={restore.isPending} onClick={() => say(false)}>
          {t("field.restore_no")}
        </Button>
        <Button className={css.big} role="radio" aria-checked={is === true} data-on={is === true || undefined} loading={restore.isPending} onClick={() => say(true)}>
          {t("field.restore_yes")}
        </Button>
      </div>
      {restore.error && <ProblemLine problem={restore.error} />}
    </>
  );
}
