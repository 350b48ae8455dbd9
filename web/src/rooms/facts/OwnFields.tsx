import { DatePicker, Form, Input, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { $api } from "@ground/api/query";
import { useWords, type Translate } from "@ground/i18n/Words";
import type { Both, Schema } from "@api";

/** Labels, types, fields and prices as they are in force; every form of the desk asks for them once a minute at most. */
export const useDeskFacts = () => $api.useQuery("get", "/api/v1/facts/desk", {}, { staleTime: 60_000 });

/** What was ordered, as the catalogue says it; nothing of a repair. */
export const useOrdered = (type: string) => useDeskFacts().data?.ticket_types.find((kind) => kind.code === type && type !== "repair");

const asDay = (value: unknown) => (typeof value === "string" && value ? dayjs(value) : undefined);
const written = (value: Dayjs | null) => value?.format("YYYY-MM-DD") ?? "";

/** What the catalogue promises of something that is ordered. */
function within({ target_days: days, target_hours: hours, calendar }: Schema<"TicketType">, t: Translate, pick: (text: Both | null | undefined) => string) {
  const by = { calendar: pick(calendar) || t("facts.choice.calendar.round_the_clock") };
  if (days) return t("order.within_days", { days, ...by });
  return hours ? t("order.within_hours", { hours, ...by }) : "";
}

/** What a ticket is about, and what the tenant asks of tickets of that type. Draws nothing where nothing is asked. */
export function OwnFields({ type, withType = true }: { type: string; withType?: boolean }) {
  const { t, f, pick } = useWords();
  const facts = useDeskFacts().data;
  if (!facts) return null;
  const asked = facts.fields.filter((field) => field.ticket_type == null || field.ticket_type === type);
  const chosen = facts.ticket_types.find((kind) => kind.code === type);
  // Until when, whether somebody comes, and what it costs: all that is asked on the phone before it is ordered.
  const said = chosen && [within(chosen, t, pick), chosen.minutes ? t(chosen.visit ? "order.visit" : "order.remote", { minutes: chosen.minutes }) : "", chosen.price != null ? t("order.price", { price: f.money(chosen.price) }) : ""];
  const lines = [pick(chosen?.about), said?.filter(Boolean).join(" · ")].filter(Boolean);
  return (
    <>
      {withType && facts.ticket_types.length > 1 && (
        <Form.Item name="ticket_type" label={t("facts.field.ticket_type")} extra={lines.length > 0 ? lines.map((line) => <div key={line}>{line}</div>) : undefined}>
          <Select options={facts.ticket_types.map((kind) => ({ value: kind.code, label: pick(kind.name) }))} data-testid="ticket-type" />
        </Form.Item>
      )}
      {asked.map((field) => (
        <OwnField key={field.code} field={field} />
      ))}
    </>
  );
}

function OwnField({ field }: { field: Schema<"CustomField"> }) {
  const { t, pick } = useWords();
  const must = field.needed === "registration";
  const later = field.needed === "solve" ? t("facts.needed_to_solve") : "";
  const item = {
    name: ["fields", field.code],
    label: pick(field.name),
    extra: [pick(field.hint), later].filter(Boolean).join(" ") || undefined,
    rules: must ? [{ required: true, message: t("facts.needed") }] : [],
  };
  switch (field.value) {
    case "choice":
      return (
        <Form.Item {...item}>
          <Select allowClear options={(field.options ?? []).map((option) => ({ value: option.code, label: pick(option) }))} />
        </Form.Item>
      );
    case "date":
      return (
        <Form.Item {...item} getValueProps={(value: unknown) => ({ value: asDay(value) })} normalize={written}>
          <DatePicker />
        </Form.Item>
      );
    default:
      return (
        <Form.Item {...item}>
          <Input maxLength={500} inputMode={field.value === "number" ? "decimal" : "text"} />
        </Form.Item>
      );
  }
}
