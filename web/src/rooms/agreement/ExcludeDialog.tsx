import { Form, DatePicker, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter, type Line, type Page } from "./data";

const testId = { "data-testid": "statement-exclude-submit" };

type Typed = { day?: Dayjs; reason: string; proof: string };
type Props = { page: Page; onClose: () => void; /** The ticket of a line; without one a day is excluded. */ line?: Line };

/** Leaves a day or a ticket out, with what proves it. Somebody else signs it. */
export function ExcludeDialog({ page, onClose, line }: Props) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/statements/{id}/exclusions", useAfter(onClose));
  const first = dayjs(`${page.month}-01`);
  return (
    <FormModal<Typed>
      title={line ? t("statement.exclude_one", { number: line.ticket_number }) : t("statement.exclude")}
      about={page.id}
      submit={t("statement.exclude_submit")}
      button={testId}
      lead={t("statement.exclude_lead")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(v) =>
        run.mutate({ params: { path: { id: page.id } }, body: { version: page.version, day: line ? null : (v.day?.format("YYYY-MM-DD") ?? null), ticket_id: line?.ticket_id ?? null, reason: v.reason, proof: v.proof } })
      }
      onClose={onClose}
    >
      {!line && (
        <Form.Item name="day" label={t("statement.day")} rules={[{ required: true, message: t("statement.day_missing") }]}>
          <DatePicker minDate={first} maxDate={first.endOf("month")} defaultPickerValue={first} placeholder={t("statement.day")} data-testid="statement-day" />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t("statement.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input maxLength={500} data-testid="statement-reason" />
      </Form.Item>
      <Form.Item name="proof" label={t("statement.proof")} extra={t("statement.proof_hint")} rules={[{ required: true, whitespace: true, message: t("statement.proof_missing") }]}>
        <Input maxLength={500} data-testid="statement-proof" />
      </Form.Item>
    </FormModal>
  );
}
