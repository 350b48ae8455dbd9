import { Button, Drawer, Form, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { FormModal } from "@ground/parts/FormModal";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { ChangeList } from "./ChangeList";
import { useAfter, type FactSet } from "./data";
import css from "./facts.module.css";

type Version = Schema<"FactVersion">;

/** Every version: who, when, why, and what it changed. An older one can be taken up again, as a new one. */
export function HistoryDrawer({ set, onClose }: { set: FactSet; onClose: () => void }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [open, setOpen] = useState<number>();
  const [restoring, setRestoring] = useState<number>();
  const list = $api.useInfiniteQuery("get", "/api/v1/facts/sets/{kind}/versions", { params: { path: { kind: set.kind }, query: { limit: 25 } } }, keyset);
  const rows = useRows<Version>(list);
  const restore = (version: number) =>
    may("fact.edit") && version !== set.version && (
      <Button size="small" onClick={() => setRestoring(version)}>
        {t("facts.restore")}
      </Button>
    );
  return (
    <Drawer open onClose={onClose} title={t("facts.history_of", { name: t(`facts.kind.${set.kind}`) })} size={Math.min(560, window.innerWidth)}>
      {list.isPending ? (
        <BlockLoading lines={6} />
      ) : list.error ? (
        <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <ol className={css.versions}>
          {rows.map((v) => (
            <li key={v.version}>
              <div className={css.versionTop}>
                <button type="button" className={css.rowLink} aria-expanded={open === v.version} onClick={() => setOpen(open === v.version ? undefined : v.version)}>
                  {t("facts.version", { version: v.version })}
                </button>
                <span className="meta">
                  {v.by} · {f.moment(v.at)} · {t("facts.from", { day: v.valid_from })}
                </span>
                {restore(v.version)}
              </div>
              <p>
                {v.reason}
                {v.restored_from != null && <span className="meta"> {v.restored_from === 0 ? t("facts.restored_shipped") : t("facts.restored", { version: v.restored_from })}</span>}
              </p>
              {open === v.version && <Changes set={set} version={v.version} />}
            </li>
          ))}
          <li>
            <div className={css.versionTop}>
              <span>{t("facts.version_shipped")}</span>
              {restore(0)}
            </div>
          </li>
        </ol>
      )}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("facts.older")}
        </Button>
      )}
      {restoring !== undefined && <RestoreModal set={set} version={restoring} onClose={() => setRestoring(undefined)} />}
    </Drawer>
  );
}

function Changes({ set, version }: { set: FactSet; version: number }) {
  const page = $api.useQuery("get", "/api/v1/facts/sets/{kind}/versions/{version}", { params: { path: { kind: set.kind, version } } }, { staleTime: Infinity });
  if (page.isPending) return <BlockLoading />;
  if (page.error) return <ProblemLine problem={page.error} onRetry={() => void page.refetch()} />;
  return <ChangeList fields={set.fields} changes={page.data.changes} />;
}

function RestoreModal({ set, version, onClose }: { set: FactSet; version: number; onClose: () => void }) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/facts/sets/{kind}/versions/{version}/restore", useAfter(set.kind, onClose));
  return (
    <FormModal<{ reason: string }>
      title={version === 0 ? t("facts.restore_shipped") : t("facts.restore_title", { version })}
      submit={t("facts.restore")}
      lead={t("facts.restore_lead", { version: set.version + 1 })}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ reason }) => run.mutate({ params: { path: { kind: set.kind, version } }, body: { version: set.version, reason, valid_from: null } })}
      onClose={onClose}
    >
      <Form.Item name="reason" label={t("facts.reason")} rules={[{ required: true, whitespace: true, message: t("facts.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={500} />
      </Form.Item>
    </FormModal>
  );
}
