/** Commands with a field or two: hand over, wait, go on, confirm, open again, withdraw, complete. */
import { Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { useAfterCommand } from "../data";
import { ColleagueSelect } from "./ColleagueSelect";
import css from "./command.module.css";
import { CommandModal } from "./CommandModal";
import type { DialogProps } from "./deciding";
import { ChoiceField, ReasonField, TerminalFields } from "./fields";

const reasons = ["waiting_merchant", "waiting_parts", "waiting_acquirer", "merchant_closed"] as const;

export function AssignDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/assign", useAfterCommand(onClose));
  const { id, version } = page.ticket;
  return (
    <CommandModal<{ to: string }>
      name="assign"
      lead={t("command.assign_lead", { name: page.ticket.owner.name })}
      page={page}
      run={run}
      onSubmit={({ to }) => run.mutate({ params: { path: { id } }, body: { to, version } })}
      onClose={onClose}
    >
      <Form.Item name="to" label={t("command.assign_to")} rules={[{ required: true, message: t("command.choose") }]}>
        <ColleagueSelect />
      </Form.Item>
    </CommandModal>
  );
}

export function PauseDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/pause", useAfterCommand(onClose));
  const { id, version, waiting } = page.ticket;
  return (
    <CommandModal<{ reason: Schema<"PauseReason"> }>
      name="pause"
      lead={t("command.pause_lead")}
      page={page}
      run={run}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id } }, body: { reason, version } })}
      onClose={onClose}
    >
      <ChoiceField name="reason" label="command.pause_what" words="waiting_long" values={reasons.filter((reason) => !waiting.includes(reason))} />
    </CommandModal>
  );
}

export function ResumeDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/resume", useAfterCommand(onClose));
  const { id, version, waiting } = page.ticket;
  return (
    <CommandModal<{ reason: Schema<"PauseReason"> }>
      name="resume"
      lead={t("command.resume_lead")}
      page={page}
      initial={waiting[0] ? { reason: waiting[0] } : {}}
      run={run}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id } }, body: { reason, version } })}
      onClose={onClose}
    >
      <ChoiceField name="reason" label="command.resume_what" words="waiting_long" values={waiting} />
    </CommandModal>
  );
}

export function ConfirmDialog({ page, onClose }: DialogProps) {
  const { t, f } = useWords();
  const since = page.terminal?.offline_since;
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/confirm", useAfterCommand(onClose));
  const { id, version } = page.ticket;
  return (
    <CommandModal<{ by: "phone" | "telemetry" }>
      name="confirm"
      lead={t("command.confirm_lead")}
      page={page}
      initial={{ by: "phone" }}
      run={run}
      onSubmit={({ by }) => run.mutate({ params: { path: { id } }, body: { by, version } })}
      onClose={onClose}
    >
      <ChoiceField name="by" label="command.confirm_how" words="confirmed_by" values={(["phone", "telemetry"] as const).filter((by) => page.confirm_by.includes(by))} />
      {!page.confirm_by.includes("telemetry") && (
        <p className={css.hint} data-testid="not-heard">
          {since ? t("command.not_heard_since", { since: f.moment(since) }) : t("command.not_heard")}
        </p>
      )}
    </CommandModal>
  );
}

/** Opening again and withdrawing ask the same: why. */
function EndDialog({ page, onClose, kind }: DialogProps & { kind: "reopen" | "cancel" }) {
  const { t } = useWords();
  const after = useAfterCommand(onClose);
  const reopen = $api.useMutation("post", "/api/v1/tickets/{id}/reopen", after);
  const cancel = $api.useMutation("post", "/api/v1/tickets/{id}/cancel", after);
  const run = kind === "reopen" ? reopen : cancel;
  const { id, version } = page.ticket;
  return (
    <CommandModal<{ reason: string }>
      name={kind}
      lead={t(`command.${kind}_lead`)}
      danger={kind === "cancel"}
      page={page}
      run={run}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id } }, body: { reason, version } })}
      onClose={onClose}
    >
      <ReasonField />
    </CommandModal>
  );
}

export const ReopenDialog = (props: DialogProps) => <EndDialog {...props} kind="reopen" />;
export const CancelDialog = (props: DialogProps) => <EndDialog {...props} kind="cancel" />;

type Facts = { name?: string; phone?: string; email?: string; symptom?: string; serial?: string; unknown?: string };

const said = (text: string | undefined) => text?.trim() || null;

/** Completes what is missing. What is already known is printed, not asked again. */
export function RegisterDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/register", useAfterCommand(onClose));
  const { ticket, missing, contact, terminal } = page;
  const known = [
    !missing.includes("contact") && t("command.known_contact", { who: [contact.name, contact.phone_masked ?? contact.email_masked].filter(Boolean).join(" ") }),
    terminal && t("command.known_terminal", { what: `${terminal.model} ${terminal.serial_no}` }),
  ].filter(Boolean);
  return (
    <CommandModal<Facts>
      name="register"
      lead={missing.length > 0 ? t("next.missing", { what: missing.map((m) => t(`missing.${m}` as Key)).join(t("list.comma")) }) : known.join(" ")}
      page={page}
      initial={{ symptom: ticket.symptom }}
      run={run}
      onSubmit={(v) => {
        const given = { name: said(v.name), phone: said(v.phone), email: said(v.email) };
        run.mutate({
          params: { path: { id: ticket.id } },
          body: {
            contact: given.name || given.phone || given.email ? given : null,
            symptom: said(v.symptom) === ticket.symptom ? null : said(v.symptom),
            terminal_serial: said(v.serial)?.replace(/\s/g, "") ?? null,
            terminal_unknown_reason: said(v.unknown),
            version: ticket.version,
          },
        });
      }}
      onClose={onClose}
    >
      <Form.Item name="symptom" label={t("letter.symptom")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={4000} />
      </Form.Item>
      <div className={css.two}>
        <Form.Item name="name" label={t("letter.contact_name")}>
          <Input maxLength={100} placeholder={contact.name ?? ""} />
        </Form.Item>
        <Form.Item name="phone" label={t("letter.contact_phone")}>
          <Input inputMode="tel" maxLength={20} placeholder={contact.phone_masked ?? ""} />
        </Form.Item>
      </div>
      <Form.Item name="email" label={t("letter.contact_email")}>
        <Input inputMode="email" maxLength={100} placeholder={contact.email_masked ?? ""} />
      </Form.Item>
      {!terminal && <TerminalFields />}
    </CommandModal>
  );
}
