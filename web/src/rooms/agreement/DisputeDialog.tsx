import { Form, Input, InputNumber, Radio } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import css from "./agreement.module.css";
import { useAfter, type Line, type Page } from "./data";

const testId = { "data-testid": "statement-dispute-submit" };
const CLAIMS = ["kept", "late", "left_out"] as const;

type Typed = { claim: Schema<"LineVerdict">; minutes?: number; reason: string };
type Props = { page: Page; line: Line; onClose: () => void };

/** Says how a line should count instead, and why. Somebody else decides. */
export function DisputeDialog({ page, line, onClose }: Props) {
  const { t, f } = useWords();
  const [form] = Form.useForm<Typed>();
  const claim = Form.useWatch("claim", form);
  const run = $api.useMutation("post", "/api/v1/statements/{id}/disputes", useAfter(onClose));
  // Late stays a choice for a line that is late: by another length.
  const claims = CLAIMS.filter((one) => one === "late" || one !== line.verdict);
  const now = t(`statement.verdict.${line.verdict}`) + (line.verdict === "late" ? ` ${f.length(line.counted_s)}` : "");
  return (
    <FormModal<Typed>
      title={t("statement.dispute_one", { number: line.ticket_number })}
      about={line.clock_id}
      submit={t("statement.dispute_submit")}
      button={testId}
      form={form}
      initial={{ claim: claims[0] }}
      lead={t("statement.dispute_lead", { now, kind: t(`clock_page.${line.kind}`) })}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(v) => run.mutate({ params: { path: { id: page.id } }, body: { clock_id: line.clock_id, claim: v.claim, late_s: v.claim === "late" ? (v.minutes ?? 0) * 60 : null, reason: v.reason } })}
      onClose={onClose}
    >
      <Form.Item name="claim" label={t("statement.claim_label")}>
        <Radio.Group className={css.choices}>
          {claims.map((one) => (
            <Radio key={one} value={one} data-testid={`statement-claim-${one}`}>
              {t(`statement.claim.${one}`)}
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      {claim === "late" && (
        <Form.Item name="minutes" label={t("statement.minutes")} rules={[{ required: true, message: t("statement.minutes_missing") }]}>
          <InputNumber min={1} max={525_600} precision={0} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t("statement.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} data-testid="statement-reason" />
      </Form.Item>
    </FormModal>
  );
}
