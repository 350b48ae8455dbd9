import { Form, Input } from "antd";
import type { Problem, Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";

type After = { onSuccess: (next: Schema<"GuideEditor">) => void; onError: (problem: Problem) => void };

/** Gives a guide back to its author, with the reason. */
export function ReturnModal({ id, seen, after, onClose }: { id: string; seen: number; after: After; onClose: () => void }) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/guide-library/{id}/return", after);
  return (
    <Dialog open title={t("library.return")} okText={t("library.return")} cancelText={t("action.cancel")} okButtonProps={{ htmlType: "submit", form: "return" }} confirmLoading={run.isPending} onCancel={onClose}>
      <Form<{ reason: string }> id="return" layout="vertical" requiredMark={false} onFinish={({ reason }) => run.mutate({ params: { path: { id } }, body: { seen, reason } })}>
        <Form.Item name="reason" label={t("library.return_why")} rules={[{ required: true, whitespace: true, message: t("facts.reason_missing") }]}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} />
        </Form.Item>
      </Form>
      {run.error && <ProblemLine problem={run.error} />}
    </Dialog>
  );
}
