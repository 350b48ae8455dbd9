import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, InputNumber, Radio, Tag, type FormInstance } from "antd";
import { useDeferredValue, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { isSend } from "@ground/keys/send";
import { BackLine } from "@ground/parts/BackLine";
import { Kbd } from "@ground/parts/Kbd";
import { useLeft } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useNarrow } from "@ground/shell/useNarrow";
import { OwnFields } from "@rooms/facts/OwnFields";
import { useAfterCommand } from "../data";
import css from "./fresh.module.css";
import { Preview } from "./Preview";
import { SerialInput } from "./SerialInput";

const route = getRouteApi("/shell/tickets/new");

type Typed = {
  symptom?: string;
  response_code?: string;
  serial?: string;
  unknown?: string;
  name?: string;
  phone?: string;
  email?: string;
  impact?: Schema<"Impact">;
  urgency?: Schema<"Urgency">;
  ticket_type?: string;
  fields?: Record<string, string | null | undefined>;
  hit?: number;
};

/** No serial number is shorter; what is being typed is not judged. */
const SERIAL = 6;

/** What was filled in of the tenant's own fields. */
const given = (fields: Typed["fields"]) => Object.fromEntries(Object.entries(fields ?? {}).flatMap(([code, value]) => (value ? [[code, value] as const] : [])));

const said = (text: string | undefined) => text?.trim() || null;
const serialOf = (text: string | undefined) => said(text)?.replace(/\s/g, "") ?? null;

/** Whether it says what it is about, and whose it is: less is no case. */
const about = (v: Typed) => Boolean(said(v.symptom) ?? said(v.response_code)) || (v.ticket_type ?? "repair") !== "repair";
const whose = (v: Typed) => Boolean(said(v.serial) ?? said(v.name) ?? said(v.phone) ?? said(v.email));

/**
 * A case typed while somebody talks. What it is about and whose it is must be said, the rest may come later; at the right stands what the house already knows and how it would
 * judge, renewed as one types.
 */
export function NewTicketPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { serial } = route.useSearch();
  const [form] = Form.useForm<Typed>();
  // Whoever looks something up in the middle of a call finds the call again; one about another terminal is another call.
  const { back, keep, forget, anew } = useLeft(`fresh ${serial ?? ""}`, form as FormInstance, true);
  const first = { serial, ticket_type: "repair" };
  const typed = useDeferredValue(Form.useWatch([], form) as Typed | undefined);
  const open = $api.useMutation(
    "post",
    "/api/v1/tickets",
    useAfterCommand((page) => {
      forget();
      void navigate({ to: "/tickets/$id", params: { id: page.ticket.id }, replace: true });
    }),
  );

  const [incident, setIncident] = useState<Schema<"KnownIncident"> | null>(null);
  const submit = (v: Typed, evenIfOpen: boolean) =>
    open.mutate({
      body: {
        symptom: said(v.symptom),
        response_code: said(v.response_code),
        terminal_serial: serialOf(v.serial),
        terminal_unknown_reason: said(v.unknown),
        contact: { name: said(v.name), phone: said(v.phone), email: said(v.email) },
        impact: v.impact ?? null,
        urgency: v.urgency ?? null,
        ticket_type: v.ticket_type ?? null,
        fields: given(v.fields),
        terminals_hit: v.hit ?? null,
        incident_id: incident?.id ?? null,
        even_if_open: evenIfOpen,
      },
    });

  return (
    <div className={css.page}>
      <section className={css.form}>
        <h1>{t("fresh.title")}</h1>
        <BackLine back={back} onAnew={() => anew(first)} />
        <Form<Typed> form={form} layout="vertical" requiredMark={false} initialValues={{ ...first, ...back }} onValuesChange={keep} onKeyDown={(event) => isSend(event) && !open.isPending && form.submit()} onFinish={(v) => submit(v, false)} aria-label={t("fresh.title")}>
          <Form.Item
            name="symptom"
            label={t("letter.symptom")}
            extra={t("fresh.symptom_hint")}
            dependencies={["response_code", "ticket_type"]}
            validateTrigger="onSubmit"
            rules={[({ getFieldsValue }) => ({ validator: () => (about(getFieldsValue()) ? Promise.resolve() : Promise.reject(new Error(t("fresh.symptom_missing")))) })]}
          >
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={4000} autoFocus data-testid="fresh-symptom" />
          </Form.Item>
          <div className={css.two}>
            <Form.Item name="serial" label={t("letter.serial")} extra={t("fresh.serial_hint")}>
              <SerialInput />
            </Form.Item>
            <Form.Item name="response_code" label={t("fact.response_code")}>
              <Input maxLength={8} />
            </Form.Item>
          </div>
          {!serialOf(typed?.serial) && (
            <Form.Item name="unknown" label={t("letter.serial_unknown")}>
              <Input maxLength={200} placeholder={t("letter.serial_unknown_hint")} />
            </Form.Item>
          )}
          <div className={css.three}>
            <Form.Item name="name" label={t("letter.contact_name")}>
              <Input maxLength={100} data-testid="fresh-name" />
            </Form.Item>
            <Form.Item
              name="phone"
              label={t("letter.contact_phone")}
              dependencies={["serial", "name", "email"]}
              validateTrigger="onSubmit"
              rules={[({ getFieldsValue }) => ({ validator: () => (whose(getFieldsValue()) ? Promise.resolve() : Promise.reject(new Error(t("fresh.whose_missing")))) })]}
            >
              <Input inputMode="tel" maxLength={20} data-testid="fresh-phone" />
            </Form.Item>
            <Form.Item name="email" label={t("letter.contact_email")}>
              <Input inputMode="email" maxLength={100} />
            </Form.Item>
          </div>
          <Form.Item name="impact" label={t("command.impact")}>
            <Radio.Group className={css.choices} options={(["cannot_take_payment", "partly", "can_take_payment"] as const).map((value) => ({ value, label: t(`impact.${value}`) }))} />
          </Form.Item>
          <Form.Item name="urgency" label={t("command.urgency")}>
            <Radio.Group className={css.choices} options={(["now", "today", "can_wait"] as const).map((value) => ({ value, label: t(`urgency.${value}`) }))} />
          </Form.Item>
          <OwnFields type={typed?.ticket_type ?? "repair"} />
          <Form.Item name="hit" label={t("command.terminals_hit")} extra={t("command.terminals_hit_extra")}>
            <InputNumber min={1} max={10000} precision={0} />
          </Form.Item>
          {incident && (
            <p data-testid="fresh-joins">
              {t("fresh.joins")}{" "}
              <Tag closable onClose={() => setIncident(null)}>
                {incident.number} {incident.title}
              </Tag>
            </p>
          )}
          {open.error && (
            <ProblemLine problem={open.error}>
              {open.error.code === "ticket.open_already" && (
                <Button size="small" onClick={() => submit(form.getFieldsValue(), true)} data-testid="fresh-even-so">
                  {t("fresh.even_so")}
                </Button>
              )}
            </ProblemLine>
          )}
          <div className={css.foot}>
            <Button type="primary" htmlType="submit" loading={open.isPending} data-testid="fresh-submit">
              {t("fresh.submit")} {!narrow && <Kbd>Ctrl ⏎</Kbd>}
            </Button>
            <Button onClick={() => void navigate({ to: "/tickets" })}>{t("fresh.leave")}</Button>
          </div>
        </Form>
      </section>
      <aside className={css.side} aria-label={t("fresh.preview")}>
        <Preview ordered={(typed?.ticket_type ?? "repair") !== "repair"} joined={incident?.id ?? null} onJoin={setIncident} ask={{ symptom: said(typed?.symptom) ?? "", terminal_serial: (serialOf(typed?.serial) ?? "").length >= SERIAL ? serialOf(typed?.serial) : null, response_code: said(typed?.response_code), impact: typed?.impact ?? null, urgency: typed?.urgency ?? null, terminals_hit: typed?.hit ?? null, phone: said(typed?.phone) }} />
      </aside>
    </div>
  );
}
