import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { useSentence } from "@ground/parts/ProblemView";
import { useNow } from "@ground/time/useNow";
import { useAfterCommand } from "../data";
import { RecoverDialog } from "./RecoverDialog";
import css from "./tasks.module.css";

type Row = Schema<"SubTaskRow">;
const LIST = "/api/v1/sub-tasks";
const idOf = (row: Row) => row.id;

/** What I still have to do besides on any ticket, what is due first on top; done with one tap. */
export function TasksPage() {
  const { t, f } = useWords();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { message } = App.useApp();
  const sentence = useSentence();
  const now = useNow();
  const [recovering, setRecovering] = useState<Row | null>(null);
  const list = $api.useInfiniteQuery("get", LIST, { params: { query: { limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const rows = useRows<Row>(list);
  const after = useAfterCommand(() => {
    void cache.invalidateQueries({ queryKey: ["get", LIST] });
    void message.success(t("tasks.did"));
  });
  const done = $api.useMutation("post", "/api/v1/sub-tasks/{id}/done", { ...after, onError: (problem) => (after.onError(problem), void message.warning(sentence(problem))) });
  const open = (row: Row) => void navigate({ to: "/tickets/$id", params: { id: row.ticket_id } });
  const late = (row: Row) => row.due_at != null && Date.parse(row.due_at) < now;
  const due = (row: Row) => (row.due_at ? <span className={late(row) ? css.late : "num"}>{late(row) ? t("tasks.late", { at: f.moment(row.due_at) }) : f.moment(row.due_at)}</span> : "—");
  // A row one is pointing at stays where it was when it is done; it says so, and cannot be done twice.
  const undone = new Set(rows.map(idOf));
  const tick = (row: Row) =>
    undone.has(row.id) ? (
      <Button
        size="small"
        loading={done.isPending && done.variables.params.path.id === row.id}
        onClick={(event) => {
          event.stopPropagation();
          if (row.recovery) setRecovering(row);
          else done.mutate({ params: { path: { id: row.id } }, body: {} });
        }}
        data-testid="task-done"
      >
        {t(row.recovery ? "task.recover" : "tasks.done")}
      </Button>
    ) : (
      <span className="meta">{t("tasks.did")}</span>
    );
  const columns: Column<Row>[] = [
    { key: "due", title: t("task.due"), width: "160px", render: due },
    { key: "what", title: t("task.what"), width: "minmax(200px, 1fr)", render: (row) => <span title={row.title}>{row.title}</span> },
    { key: "ticket", title: t("tasks.ticket"), width: "112px", render: (row) => <span className="num">{row.ticket_number}</span> },
    { key: "by", title: t("tasks.by"), width: "136px", render: (row) => row.made_by || t("tasks.rule") },
    { key: "tick", title: "", width: "128px", align: "end", render: tick },
  ];
  return (
    <ListPage up={{ to: "/tickets", name: t("ticket.title") }} title={t("tasks.title")}>
      <PagedList
        list={list}
        nothing={{ title: t("tasks.none"), next: t("tasks.none_next") }}
        label={t("tasks.title")}
        rows={rows}
        id={idOf}
        columns={columns}
        onOpen={open}
        cardHeight={112}
        card={(row) => (
          <>
            <div className={css.title}>{row.title}</div>
            <div className={css.foot}>
              <span className="meta">
                {row.ticket_number} · {due(row)}
              </span>
              {tick(row)}
            </div>
          </>
        )}
      />
      {recovering && (
        <RecoverDialog
          task={recovering}
          onClose={() => {
            setRecovering(null);
            void cache.invalidateQueries({ queryKey: ["get", LIST] });
          }}
        />
      )}
    </ListPage>
  );
}
