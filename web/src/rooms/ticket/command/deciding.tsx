/** Commands that judge: priority, remote or on site, the visit, the solution. */
import { Form, Input, InputNumber } from "antd";
import { useEffect } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useSession } from "@ground/session/Session";
import { useOrdered } from "@rooms/facts/OwnFields";
import { useAfterCommand } from "../data";
import css from "./command.module.css";
import { CommandModal } from "./CommandModal";
import { ChoiceField, FaultField, PartsField, ReasonField, SkillsField, useFaults } from "./fields";

export type DialogProps = { page: TicketPage; onClose: () => void };

const said = (text: string | undefined) => text?.trim() || null;

type Judged = Pick<Schema<"PriorityTicket">, "impact" | "urgency" | "reason" | "terminals_hit">;

export function PriorityDialog({ page, onClose }: DialogProps) {
  const { t, pick } = useWords();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/priority", useAfterCommand(onClose));
  const { ticket } = page;
  return (
    <CommandModal<Judged>
      name="priority"
      lead={t("command.priority_lead")}
      page={page}
      initial={{ impact: ticket.impact, urgency: ticket.urgency, terminals_hit: ticket.priority_why.terminals_hit ?? null }}
      run={run}
      onSubmit={(values) => run.mutate({ params: { path: { id: ticket.id } }, body: { ...values, version: ticket.version } })}
      onClose={onClose}
    >
      <ul className={css.why}>
        {ticket.priority_why.lines.map((line) => (
          <li key={line.zh}>{pick(line)}</li>
        ))}
      </ul>
      <ChoiceField name="impact" label="command.impact" words="impact" values={["cannot_take_payment", "partly", "can_take_payment", "unknown"]} />
      <ChoiceField name="urgency" label="command.urgency" words="urgency" values={["now", "today", "can_wait"]} />
      <Form.Item name="terminals_hit" label={t("command.terminals_hit")} extra={t("command.terminals_hit_extra")}>
        <InputNumber min={1} max={10000} precision={0} />
      </Form.Item>
      <ReasonField />
    </CommandModal>
  );
}

type Triaged = { decision: Schema<"Decision">; fault_code?: string; reason: string };

export function TriageDialog({ page, onClose }: DialogProps) {
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/triage", useAfterCommand(onClose));
  const { ticket } = page;
  return (
    <CommandModal<Triaged>
      name="triage"
      page={page}
      initial={{ decision: ticket.decision ?? "remote", ...(ticket.fault_code && { fault_code: ticket.fault_code }) }}
      run={run}
      onSubmit={({ decision, fault_code, reason }) => run.mutate({ params: { path: { id: ticket.id } }, body: { decision, fault_code: fault_code ?? null, reason, version: ticket.version } })}
      onClose={onClose}
    >
      <ChoiceField name="decision" label="command.decision" words="decision" values={["remote", "onsite"]} />
      <FaultField optional />
      <ReasonField />
    </CommandModal>
  );
}

type Visit = { reason_code: Schema<"VisitReason">; reason: string; fault_code?: string; skills?: string[]; parts?: string[]; access_note?: string };

/** What somebody who goes has to be able to do, and to bring. */
const needs = (fault: Schema<"Fault"> | undefined, ordered: Schema<"TicketType"> | undefined) => ({ skills: ordered?.skills.length ? ordered.skills : (fault?.skills ?? []), parts: fault?.parts ?? [] });

/** The gate before a visit: why from afar is not enough, what is needed, what to know at the door. */
export function VisitDialog({ page, onClose }: DialogProps) {
  const { t, f, pick } = useWords();
  const [form] = Form.useForm<Visit>();
  const faults = useFaults();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/work-orders", useAfterCommand(onClose));
  const { ticket, merchant } = page;
  const ordered = useOrdered(ticket.ticket_type);
  // Who can do what was ordered stands in the catalogue, whatever fault it goes under.
  const take = (fault: Schema<"Fault">) => form.setFieldsValue(needs(fault, ordered));
  const known = faults.data?.items.find((fault) => fault.code === ticket.fault_code);
  const store = merchant?.store;
  // The list of faults may come after the dialog: what the fault needs is filled in then, unless somebody was quicker.
  useEffect(() => {
    if ((known || ordered) && !form.isFieldTouched("skills") && !form.isFieldTouched("parts")) form.setFieldsValue(needs(known, ordered));
  }, [known, ordered, form]);
  return (
    <CommandModal
      name="visit"
      lead={
        store
          ? t(store.open_now ? "command.visit_lead_open" : "command.visit_lead", { store: store.name, address: store.address, opens: store.opens_at ? f.moment(store.opens_at) : "—" })
          : t("command.visit_lead_nowhere")
      }
      page={page}
      form={form}
      initial={{ ...(ticket.fault_code && !ordered && { fault_code: ticket.fault_code }), ...(ordered && { reason_code: "needs_hands", reason: pick(ordered.name) }) }}
      run={run}
      onSubmit={(v) =>
        run.mutate({
          params: { path: { id: ticket.id } },
          body: {
            reason_code: v.reason_code,
            reason: v.reason,
            fault_code: v.fault_code ?? null,
            skills: v.skills ?? null,
            parts: v.parts ?? null,
            access_note: said(v.access_note),
            version: ticket.version,
          },
        })
      }
      onClose={onClose}
    >
      <ChoiceField name="reason_code" label="command.visit_why" words="visit_reason" values={["needs_parts", "needs_hands", "merchant_unable", "remote_exhausted", "security"]} />
      <ReasonField label={ordered ? "command.visit_do" : "command.visit_tried"} />
      {/* What was ordered is not broken: nobody has to guess at a fault to send somebody. */}
      {!ordered && <FaultField onFault={take} />}
      <div className={css.two}>
        <SkillsField />
        <PartsField />
      </div>
      <Form.Item name="access_note" label={t("command.access")}>
        <Input maxLength={200} placeholder={t("command.access_hint")} />
      </Form.Item>
    </CommandModal>
  );
}

type Solved = { fault_code?: string; outcome: Schema<"Outcome">; reason?: string };

export function SolveDialog({ page, onClose }: DialogProps) {
  const { t } = useWords();
  const { may } = useSession();
  const [form] = Form.useForm<Solved>();
  const chosen = Form.useWatch("fault_code", form);
  const faults = useFaults();
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/solve", useAfterCommand(onClose));
  const { ticket, guide } = page;
  // Of what was ordered nobody has to say what was broken.
  const ordered = ticket.ticket_type !== "repair";
  // What the registry of faults lets nobody clear from afar, unless somebody who leads answers for it.
  const onsite = (faults.data?.items ?? []).some((f) => f.security && f.visit === "yes" && (f.code === chosen || f.code === ticket.fault_code)) && !page.work_orders.some((order) => order.state === "done");
  // What somebody has to go for, the visit alone fulfils.
  const byVisit = ticket.fulfilled_by_visit;
  const outcome = byVisit ? undefined : ordered ? "fulfilled" : guide.outcome === "fixed" ? "remote_fixed" : guide.outcome === "advise" ? "advised" : undefined;
  return (
    <CommandModal<Solved>
      name="solve"
      lead={t(byVisit ? "command.solve_lead_visit" : "command.solve_lead")}
      page={page}
      form={form}
      initial={{ ...(!ordered && ticket.fault_code && { fault_code: ticket.fault_code }), ...(outcome && { outcome }) }}
      run={run}
      onSubmit={(values) => run.mutate({ params: { path: { id: ticket.id } }, body: { fault_code: values.fault_code ?? null, outcome: values.outcome, reason: said(values.reason), version: ticket.version } })}
      onClose={onClose}
    >
      <FaultField optional={ordered} />
      {onsite && <p className={css.hint} data-testid="onsite-only">{t("command.onsite_only")}</p>}
      <ChoiceField name="outcome" label="command.outcome" words="outcome" values={[...(ordered && !byVisit ? (["fulfilled"] as const) : []), "remote_fixed", "advised", "no_fault"]} />
      {onsite && may("ticket.vouch") && <ReasonField label="command.onsite_why" />}
    </CommandModal>
  );
}
