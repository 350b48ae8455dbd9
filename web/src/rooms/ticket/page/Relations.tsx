/** What a ticket shares with others, how it stands to them, and what is to be done besides. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Form, Input } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { NewIncident } from "@rooms/incident/NewIncident";
import { RecoverDialog } from "../tasks/RecoverDialog";
import { useAfterCommand, useForgetTickets } from "../data";
import { StateLabel } from "../labels";
import css from "./facts.module.css";

type Props = { page: TicketPage };

/** The incident it belongs to; else those it may belong to, one step from joining. */
export function IncidentFacts({ page }: Props) {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const forget = useForgetTickets();
  const [making, setMaking] = useState(false);
  const after = { onSuccess: forget };
  const attach = $api.useMutation("post", "/api/v1/incidents/{id}/tickets", after);
  const detach = $api.useMutation("post", "/api/v1/incidents/{id}/detach", after);
  const { incident, known_incidents: known, ticket } = page;
  const works = may("incident.work");
  if (!incident && known.length === 0 && !works) return null;
  return (
    <section className={css.section}>
      <h3>{t("fact.incident")}</h3>
      {incident && (
        <div className={css.similar} data-testid="ticket-incident">
          <IncidentLink incident={incident} />
          <span>{incident.title}</span>
          <span className="meta">{t(`incident.state.${incident.state}`)}</span>
          {works && incident.state === "open" && (
            <Button size="small" type="link" loading={detach.isPending} onClick={() => detach.mutate({ params: { path: { id: incident.id } }, body: { ticket_id: ticket.id } })}>
              {t("incident.detach")}
            </Button>
          )}
        </div>
      )}
      {known.length > 0 && (
        <ul className={css.plain}>
          {known.map((one) => (
            <li key={one.id} data-testid="known-incident">
              <div className={css.similar}>
                <IncidentLink incident={one} />
                <span>{one.title}</span>
                {works && (
                  <Button size="small" loading={attach.isPending && attach.variables.params.path.id === one.id} onClick={() => attach.mutate({ params: { path: { id: one.id } }, body: { ticket_id: ticket.id } })}>
                    {t("incident.attach")}
                  </Button>
                )}
              </div>
              <div className="meta">{[...one.by.map(pick), t("incident.since_at", { at: f.moment(one.opened_at) })].join(" · ")}</div>
            </li>
          ))}
        </ul>
      )}
      {!incident && works && !ticket.closed_at && (
        <Button size="small" onClick={() => setMaking(true)} data-testid="incident-from-ticket">
          {t("incident.new_from")}
        </Button>
      )}
      {attach.error && <ProblemLine problem={attach.error} />}
      {detach.error && <ProblemLine problem={detach.error} />}
      {making && <NewIncident from={page} onClose={() => setMaking(false)} onMade={(id) => void navigate({ to: "/incidents/$id", params: { id } })} />}
    </section>
  );
}

/** An incident's number; a link for those who may open it. */
function IncidentLink({ incident }: { incident: { id: string; number: string } }) {
  const { may } = useSession();
  if (!may("incident.read")) return <span className="num">{incident.number}</span>;
  return (
    <Link to="/incidents/$id" params={{ id: incident.id }}>
      {incident.number}
    </Link>
  );
}

export function LinkFacts({ page }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const forget = useForgetTickets();
  const after = useAfterCommand(forget);
  const unlink = $api.useMutation("post", "/api/v1/tickets/{id}/unlink", after);
  const unsplit = $api.useMutation("post", "/api/v1/tickets/{id}/unsplit", { ...after, onSuccess: forget });
  const { links, ticket } = page;
  if (links.length === 0) return null;
  const params = { path: { id: ticket.id } };
  return (
    <section className={css.section}>
      <h3>{t("fact.links")}</h3>
      <ul className={css.plain}>
        {links.map((link) => (
          <li key={link.id} data-testid="ticket-link">
            <div className={css.similar}>
              <span>{t(link.back ? `link_back.${link.kind}` : `link_kind.${link.kind}`)}</span>
              <Link to="/tickets/$id" params={{ id: link.ticket_id }}>
                {link.number}
              </Link>
              <span>{link.subject}</span>
              <StateLabel state={link.state} />
              {link.undoable && may("ticket.merge") && (
                <Button size="small" type="link" loading={unsplit.isPending} onClick={() => unsplit.mutate({ params, body: { version: ticket.version } })}>
                  {t("split.undo")}
                </Button>
              )}
              {link.kind !== "split_from" && may("ticket.work") && (
                <Button size="small" type="link" loading={unlink.isPending && unlink.variables.body.link === link.id} onClick={() => unlink.mutate({ params, body: { link: link.id } })}>
                  {t("relate.remove")}
                </Button>
              )}
            </div>
            <div className="meta">{t("relate.by", { by: link.by, at: f.moment(link.at) })}</div>
          </li>
        ))}
      </ul>
      {unlink.error && <ProblemLine problem={unlink.error} />}
      {unsplit.error && <ProblemLine problem={unsplit.error} />}
    </section>
  );
}

export function TaskFacts({ page }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [dropping, setDropping] = useState<Schema<"SubTask"> | null>(null);
  const [recovering, setRecovering] = useState<Schema<"SubTask"> | null>(null);
  const done = $api.useMutation("post", "/api/v1/sub-tasks/{id}/done", useAfterCommand(() => {}));
  const { sub_tasks: tasks } = page;
  if (tasks.length === 0) return null;
  const works = may("ticket.work");
  return (
    <section className={css.section}>
      <h3>{t("fact.tasks", { open: tasks.filter((task) => !task.done_at).length, all: tasks.length })}</h3>
      <ul className={css.plain}>
        {tasks.map((task) => (
          <li key={task.id} data-testid="sub-task">
            <div className={css.similar}>
              <Checkbox
                checked={task.done_at != null}
                disabled={task.done_at != null || !works || done.isPending}
                onChange={() => (task.recovery ? setRecovering(task) : done.mutate({ params: { path: { id: task.id } }, body: {} }))}
              >
                <span className={task.done_at ? css.dim : undefined}>{task.title}</span>
              </Checkbox>
              {!task.done_at && works && (
                <Button size="small" type="link" onClick={() => setDropping(task)}>
                  {t("task.drop")}
                </Button>
              )}
            </div>
            <div className="meta">
              {task.done_at
                ? task.dropped
                  ? t("task.dropped", { by: task.done_by ?? "", at: f.moment(task.done_at), why: task.dropped })
                  : task.outcome
                    ? t("task.recovered", { by: task.done_by ?? "", at: f.moment(task.done_at), outcome: t(`recovered.${task.outcome}`), words: task.outcome_words ?? "" })
                    : t("task.done", { by: task.done_by ?? "", at: f.moment(task.done_at) })
                : [task.assignee_name ?? t("task.nobody"), task.due_at && t("task.until", { at: f.moment(task.due_at) })].filter(Boolean).join(" · ")}
            </div>
          </li>
        ))}
      </ul>
      {done.error && <ProblemLine problem={done.error} />}
      {recovering && <RecoverDialog task={recovering} onClose={() => setRecovering(null)} />}
      {dropping && <DropDialog task={dropping} onClose={() => setDropping(null)} />}
    </section>
  );
}

function DropDialog({ task, onClose }: { task: Schema<"SubTask">; onClose: () => void }) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/sub-tasks/{id}/drop", useAfterCommand(onClose));
  return (
    <FormModal<{ reason: string }>
      title={t("task.drop_title", { title: task.title })}
      about={task.id}
      submit={t("task.drop")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id: task.id } }, body: { reason } })}
      onClose={onClose}
    >
      <Form.Item name="reason" label={t("command.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} placeholder={t("task.drop_why")} />
      </Form.Item>
    </FormModal>
  );
}
