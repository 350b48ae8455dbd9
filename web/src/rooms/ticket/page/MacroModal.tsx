import { Select } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { PriorityLabel } from "@ground/labels/Labels";
import { Dialog } from "@ground/parts/Dialog";
import { BlockLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfterCommand } from "../data";
import { StateLabel } from "../labels";
import { useMacros } from "../useMacros";
import css from "./macro.module.css";

type Standing = Schema<"Standing">;
const testId = { "data-testid": "macro-run" };

/** A macro on this ticket: first what it would do, then doing it; all of its steps or none. */
export function MacroModal({ page, onClose }: { page: TicketPage; onClose: () => void }) {
  const { t } = useWords();
  const { ticket } = page;
  const [chosen, choose] = useState<string>();
  const { macros, options } = useMacros();
  const at = { params: { path: { id: ticket.id } } };
  const preview = $api.useQuery("post", "/api/v1/tickets/{id}/recipe-preview", { ...at, body: { recipe_id: chosen ?? "" } }, { enabled: chosen !== undefined, staleTime: 0, refetchInterval: false });
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/recipe", useAfterCommand(onClose));
  const seen = preview.data;
  const ready = seen !== undefined && !seen.refused && seen.version === ticket.version;
  return (
    <Dialog
      open
      closable={false}
      title={`${ticket.number} ${t("macro.title")}`}
      okText={t("macro.run")}
      cancelText={t("action.cancel")}
      okButtonProps={{ disabled: !ready, ...testId }}
      confirmLoading={run.isPending}
      onOk={() => chosen && run.mutate({ ...at, body: { recipe_id: chosen, version: ticket.version } })}
      onCancel={onClose}
      width={560}
      destroyOnHidden
    >
      {macros.data && options.length === 0 ? (
        <Nothing kind="empty" title={t("macro.none")} next={t("macro.none_next")} />
      ) : (
        <Select autoFocus value={chosen ?? null} onChange={(id: string | null) => choose(id ?? undefined)} loading={macros.isPending} placeholder={t("macro.choose")} aria-label={t("macro.choose")} showSearch={{ optionFilterProp: "search" }} options={options} className={css.choice} />
      )}
      {macros.error && <ProblemLine problem={macros.error} onRetry={() => void macros.refetch()} />}
      {chosen && preview.isPending && <BlockLoading lines={3} />}
      {preview.error && <ProblemLine problem={preview.error} onRetry={() => void preview.refetch()} />}
      {seen && (
        <>
          <h3 className={css.head}>{t("macro.would")}</h3>
          <ol className={css.steps}>
            {seen.steps.map((step, i) => (
              // The same step may stand in a macro twice: its place is what it is.
              <li key={i}>
                {t(`macro.do.${step.step.do}`)}
                {step.words && <blockquote className={css.words}>{step.words}</blockquote>}
              </li>
            ))}
          </ol>
          {seen.refused ? (
            <p className={css.refused} role="alert">
              {t("macro.refused", { step: seen.steps.length + 1 })} {seen.refused}
            </p>
          ) : (
            <Change before={seen.before} after={seen.steps.at(-1)?.after ?? seen.before} />
          )}
        </>
      )}
      {run.error && run.error.code !== "stale" && <ProblemLine problem={run.error} />}
    </Dialog>
  );
}

/** Where the ticket stands, and where it would. */
function Change({ before, after }: { before: Standing; after: Standing }) {
  const { t } = useWords();
  const face = (s: Standing) => (
    <>
      <StateLabel state={s.state} waiting={s.waiting} /> <PriorityLabel priority={s.priority} /> {s.owner_name}
    </>
  );
  return (
    <dl className={css.change}>
      <dt>{t("macro.before")}</dt>
      <dd>{face(before)}</dd>
      <dt>{t("macro.after")}</dt>
      <dd>{face(after)}</dd>
    </dl>
  );
}
