import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Form, Input, Radio } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { Fact, FactList } from "@ground/parts/ListPage";

type Props = { row: Schema<"FollowUpRow">; onClose: () => void; onDone: () => void };
type Typed = { solved?: boolean; score?: number; comment?: string };

const testId = { "data-testid": "follow-up-submit" };

/** Bad news opens the case again; the server decides by the same words. */
const reopens = ({ solved, score }: Typed) => solved === false || (score !== undefined && score <= 2);

/** Keys in what the merchant says on the telephone. */
export function AnswerDialog({ row, onClose, onDone }: Props) {
  const { t } = useWords();
  const [form] = Form.useForm<Typed>();
  const typed = Form.useWatch((values: Typed) => values, form) ?? {};
  const client = useQueryClient();
  const run = $api.useMutation("post", "/api/v1/follow-ups/{id}/answer", {
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["get", "/api/v1/follow-ups"] });
      void client.invalidateQueries({ queryKey: ["get", "/api/v1/tickets/{id}"] });
      onDone();
      onClose();
    },
  });
  return (
    <FormModal<Typed>
      title={t("follow_up.answer")}
      about={row.id}
      form={form}
      submit={t(reopens(typed) ? "follow_up.save_reopen" : "follow_up.save")}
      button={testId}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ solved = false, score = 0, comment }) => run.mutate({ params: { path: { id: row.id } }, body: { solved, score, ...(comment?.trim() && { comment: comment.trim() }) } })}
      onClose={onClose}
      above={
        <FactList>
          <Fact name={t("follow_up.ticket")}>
            <Link to="/tickets/$id" params={{ id: row.ticket_id }}>
              {row.ticket_number}
            </Link>{" "}
            {row.subject}
          </Fact>
          <Fact name={t("follow_up.person")}>{[row.contact_name, row.phone_masked].filter(Boolean).join(" ") || "—"}</Fact>
        </FactList>
      }
    >
      <Form.Item name="solved" label={t("follow_up.solved")} rules={[{ required: true, message: t("follow_up.solved_missing") }]}>
        <Radio.Group options={[true, false].map((value) => ({ value, label: t(value ? "follow_up.solved_yes" : "follow_up.solved_no") }))} />
      </Form.Item>
      <Form.Item name="score" label={t("follow_up.stars")} rules={[{ required: true, message: t("follow_up.score_missing") }]}>
        <Radio.Group optionType="button" options={[1, 2, 3, 4, 5].map((value) => ({ value, label: t("follow_up.stars_short", { score: value }) }))} />
      </Form.Item>
      <Form.Item name="comment" label={t("follow_up.comment")} extra={reopens(typed) ? t("follow_up.reopens") : undefined}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} data-testid="follow-up-comment" />
      </Form.Item>
    </FormModal>
  );
}
