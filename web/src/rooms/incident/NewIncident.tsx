import { AutoComplete, Form, Input, Select } from "antd";
import type { TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useChoices } from "@rooms/merchant/data";
import { FaultField } from "@rooms/ticket/command/fields";
import { useAfter } from "./data";
import css from "./incident.module.css";

const testId = { "data-testid": "incident-make" };

type Typed = { title: string; acquirer_id?: string; district?: string; model?: string; fault_code?: string };
type Props = { onClose: () => void; onMade: (id: string) => void; /** The ticket that gave the occasion: it belongs to the incident, and what is known of it is filled in. */ from?: TicketPage };

const has = (typed: string, option?: { value: string }) => option?.value.toLowerCase().includes(typed.trim().toLowerCase()) ?? false;

const said = (text: string | undefined) => text?.trim() || null;

/** Says what is going on and what it is about; at least one part is named. */
export function NewIncident({ onClose, onMade, from }: Props) {
  const { t } = useWords();
  const acquirers = $api.useQuery("get", "/api/v1/acquirers", {}, { staleTime: 300_000 });
  const run = $api.useMutation(
    "post",
    "/api/v1/incidents",
    useAfter((page) => {
      onClose();
      onMade(page.incident.id);
    }),
  );
  const choices = useChoices();
  const { merchant, terminal, ticket } = from ?? {};
  return (
    <FormModal<Typed>
      title={t("incident.new")}
      about={ticket?.id ?? ""}
      submit={t("incident.make")}
      button={testId}
      width={560}
      lead={from ? t("incident.new_lead_from", { number: from.ticket.number }) : t("incident.new_lead")}
      initial={{ ...(ticket && { title: ticket.subject }), ...(merchant && { acquirer_id: merchant.acquirer_id }), ...(terminal && { model: terminal.model }), ...(ticket?.fault_code && { fault_code: ticket.fault_code }) }}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(v) =>
        run.mutate({
          body: { title: v.title, acquirer_id: v.acquirer_id ?? null, district: said(v.district), model: said(v.model), fault_code: v.fault_code ?? null, tickets: ticket ? [ticket.id] : [] },
        })
      }
      onClose={onClose}
    >
      <Form.Item name="title" label={t("incident.what")} rules={[{ required: true, whitespace: true, message: t("incident.title_missing") }]}>
        <Input maxLength={100} autoFocus placeholder={t("incident.what_hint")} data-testid="incident-title" />
      </Form.Item>
      <Form.Item name="acquirer_id" label={t("fact.acquirer")}>
        <Select allowClear loading={acquirers.isPending} placeholder={t("incident.any")} options={(acquirers.data?.items ?? []).map((a) => ({ value: a.id, label: a.name }))} />
      </Form.Item>
      <div className={css.two}>
        <Form.Item name="district" label={t("incident.district")}>
          <AutoComplete maxLength={50} placeholder={t("incident.any")} options={choices?.districts.map((value) => ({ value })) ?? []} showSearch={{ filterOption: has }} />
        </Form.Item>
        <Form.Item name="model" label={t("fact.model")}>
          <AutoComplete maxLength={50} placeholder={t("incident.any")} options={choices?.models.map(({ model, vendor }) => ({ value: model, label: `${vendor} ${model}` })) ?? []} showSearch={{ filterOption: has }} />
        </Form.Item>
      </div>
      <FaultField optional />
    </FormModal>
  );
}
