import { Button, Popconfirm } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter, type FactSet } from "./data";
import css from "./facts.module.css";
import { PublishModal } from "./PublishModal";

/** What waits to be published, what is still wrong with it, and the two ways out. */
export function DraftBar({ set, draft, may, onShow }: { set: FactSet; draft: Schema<"FactDraft">; may: boolean; onShow: (code?: string) => void }) {
  const { t, f } = useWords();
  const [publishing, setPublishing] = useState(false);
  const discard = $api.useMutation("post", "/api/v1/facts/sets/{kind}/draft/discard", useAfter(set.kind, () => onShow()));
  const behind = draft.base !== set.version;
  const count = new Set(draft.changes.map((c) => c.code)).size;
  return (
    <div className={css.draft} data-testid="draft">
      <div className={css.draftTop}>
        <span>
          <strong>{t("facts.draft", { count })}</strong> <span className="meta">{t("facts.draft_by", { by: draft.by, at: f.moment(draft.at) })}</span>
        </span>
        {may && (
          <span className={css.acts}>
            <Popconfirm title={t("facts.discard_sure", { count })} okText={t("facts.discard")} cancelText={t("action.cancel")} onConfirm={() => discard.mutate({ params: { path: { kind: set.kind } }, body: { version: draft.version } })}>
              <Button danger type="text" loading={discard.isPending}>
                {t("facts.discard")}
              </Button>
            </Popconfirm>
            <Button type="primary" disabled={draft.wrong.length > 0 || behind || count === 0} onClick={() => setPublishing(true)} data-testid="publish">
              {t("facts.preview_publish")}
            </Button>
          </span>
        )}
      </div>
      {behind && <p className={css.warning}>{t("facts.behind", { version: set.version })}</p>}
      {draft.wrong.length > 0 && (
        <ul className={css.wrong}>
          {draft.wrong.slice(0, 8).map((wrong) => (
            <li key={`${wrong.row} ${wrong.field} ${wrong.code}`}>
              <button type="button" className={css.rowLink} onClick={() => onShow(wrong.row)}>
                {wrong.row} {wrong.field}
              </button>{" "}
              {wrong.sentence}
            </li>
          ))}
        </ul>
      )}
      {discard.error && <ProblemLine problem={discard.error} />}
      {publishing && <PublishModal set={set} draft={draft} onClose={() => setPublishing(false)} />}
    </div>
  );
}
