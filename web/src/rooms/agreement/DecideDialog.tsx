import { Form, Input, Radio } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import css from "./agreement.module.css";
import { useAfter, type Dispute, type Page } from "./data";

const testId = { "data-testid": "statement-decide-submit" };

type Typed = { accept: boolean; reason: string };
type Props = { page: Page; dispute: Dispute; onClose: () => void };

/** Accepts or refuses a dispute; accepting makes a new signed version, and the old one stays. */
export function DecideDialog({ page, dispute, onClose }: Props) {
  const { t, f } = useWords();
  const [form] = Form.useForm<Typed>();
  const accept = Form.useWatch("accept", form) ?? true;
  const run = $api.useMutation("post", "/api/v1/statement-disputes/{id}/decide", useAfter(onClose));
  const claim = t(`statement.claim.${dispute.claim}`) + (dispute.late_s ? ` ${f.length(dispute.late_s)}` : "");
  return (
    <FormModal<Typed>
      title={t("statement.decide_one", { number: dispute.ticket_number })}
      about={dispute.id}
      submit={accept ? t("statement.accept_submit", { n: page.signed + 1 }) : t("statement.refuse_submit")}
      button={testId}
      form={form}
      initial={{ accept: true }}
      lead={t("statement.decide_lead", { who: dispute.by_name, claim, reason: dispute.reason })}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(v) => run.mutate({ params: { path: { id: dispute.id } }, body: { version: page.version, accept: v.accept, reason: v.reason } })}
      onClose={onClose}
    >
      <Form.Item name="accept" label={t("statement.decision")}>
        <Radio.Group className={css.choices}>
          <Radio value={true}>{t("statement.accept")}</Radio>
          <Radio value={false} data-testid="statement-refuse">
            {t("statement.refuse")}
          </Radio>
        </Radio.Group>
      </Form.Item>
      <Form.Item name="reason" label={t("statement.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} data-testid="statement-reason" />
      </Form.Item>
    </FormModal>
  );
}
