/** Commands about how a ticket stands to others: link, sub-task, split. */
import { useNavigate } from "@tanstack/react-router";
import { Checkbox, DatePicker, Form, Input } from "antd";
import type { Dayjs } from "dayjs";
import type { Schema, TicketLine } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { FormModal } from "@ground/parts/FormModal";
import { BlockLoading } from "@ground/parts/Loading";
import { useAfterCommand, useForgetTickets, useTimeline } from "../data";
import { ColleagueSelect } from "./ColleagueSelect";
import css from "./command.module.css";
import { CommandModal } from "./CommandModal";
import type { DialogProps } from "./deciding";
import { ChoiceField, TerminalFields } from "./fields";
import { TicketSelect } from "./MergeDialog";

const testId = { "data-testid": "command-submit" };

const kinds = ["relates", "blocks", "caused_by", "duplicate_of"] as const;

/** Says how this ticket stands to another one. */
export function RelateDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const forget = useForgetTickets();
  const after = useAfterCommand(() => {
    forget();
    onClose();
  });
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/links", after);
  const { id, number } = page.ticket;
  return (
    <CommandModal<{ kind: Schema<"LinkKind">; to: string }>
      name="relate"
      page={page}
      initial={{ kind: "relates" }}
      run={run}
      onSubmit={({ kind, to }) => run.mutate({ params: { path: { id } }, body: { kind, to } })}
      onClose={onClose}
    >
      <ChoiceField name="kind" label="relate.kind" words="link_kind" values={kinds} />
      <Form.Item name="to" label={t("relate.to", { number })} rules={[{ required: true, message: t("command.choose") }]}>
        <PickedTicket page={page} />
      </Form.Item>
    </CommandModal>
  );
}

/** [`TicketSelect`] as a form's field. */
function PickedTicket({ page, value, onChange }: Pick<DialogProps, "page"> & { value?: string; onChange?: (id: string | null) => void }) {
  const { t } = useWords();
  return <TicketSelect page={page} which={t("relate.which")} value={value ?? null} onChange={(id) => onChange?.(id)} />;
}

type Task = { title: string; assignee?: string; due?: Dayjs };

/** Something smaller that has to be done before the ticket is solved. */
export function TaskDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/tasks", useAfterCommand(onClose));
  const { id } = page.ticket;
  return (
    <CommandModal<Task>
      name="task"
      lead={t("command.task_lead")}
      page={page}
      run={run}
      onSubmit={(v) => run.mutate({ params: { path: { id } }, body: { title: v.title, assignee: v.assignee ?? null, due_at: v.due?.toISOString() ?? null } })}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("task.what")} rules={[{ required: true, whitespace: true, message: t("task.what_missing") }]}>
        <Input maxLength={200} autoFocus data-testid="task-title" />
      </Form.Item>
      <div className={css.two}>
        <Form.Item name="assignee" label={t("task.who")}>
          <ColleagueSelect dispatchers />
        </Form.Item>
        <Form.Item name="due" label={t("task.due")}>
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
        </Form.Item>
      </div>
    </CommandModal>
  );
}

type Split = { lines?: string[]; symptom?: string; serial?: string; unknown?: string };

/** Takes chosen lines into a ticket of their own, for the same merchant. */
export function SplitDialog({ page, onClose }: DialogProps) {
  const { t, f } = useWords();
  const navigate = useNavigate();
  const forget = useForgetTickets();
  const [form] = Form.useForm<Split>();
  const chosen = Form.useWatch("lines", form) ?? [];
  const timeline = useTimeline(page.ticket.id);
  const lines = useRows<TicketLine>({ data: timeline.data as never }).filter((line) => line.kind !== "event");
  const after = useAfterCommand((made) => {
    forget();
    onClose();
    void navigate({ to: "/tickets/$id", params: { id: made.ticket.id } });
  });
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/split", after);
  const { id, version, number } = page.ticket;
  const said = (text: string | undefined) => text?.trim() || null;
  return (
    <FormModal<Split>
      title={`${number} ${t("split.title")}`}
      about={id}
      form={form}
      submit={t("split.submit", { count: chosen.length })}
      button={{ disabled: chosen.length === 0, ...testId }}
      width={640}
      lead={t("split.lead", { number })}
      initial={{ ...(page.terminal && { serial: page.terminal.serial_no }) }}
      pending={run.isPending}
      problem={run.error?.code === "stale" ? null : run.error}
      onSubmit={(v) =>
        run.mutate({
          params: { path: { id } },
          body: { version, lines: v.lines ?? [], symptom: said(v.symptom), terminal_serial: said(v.serial)?.replace(/\s/g, "") ?? null, terminal_unknown_reason: said(v.unknown) },
        })
      }
      onClose={onClose}
    >
      {timeline.isPending && <BlockLoading lines={4} />}
      <Form.Item name="lines" noStyle>
        <Checkbox.Group className={css.lines} aria-label={t("split.lines")}>
          {lines.map((line) => (
            <Checkbox key={line.id} value={line.id}>
              <span className="meta num">
                {f.moment(line.at)} {t(`line.${line.kind as "message" | "reply" | "note"}`)}
              </span>{" "}
              {line.body}
            </Checkbox>
          ))}
        </Checkbox.Group>
      </Form.Item>
      <Form.Item name="symptom" label={t("split.symptom")} extra={t("split.symptom_extra")}>
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={4000} />
      </Form.Item>
      <TerminalFields />
      {run.error?.code === "stale" && <p role="alert">{t("stale.sentence")}</p>}
    </FormModal>
  );
}
