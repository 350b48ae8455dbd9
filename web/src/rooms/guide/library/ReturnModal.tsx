import { Form, Input } from "antd";
import type { Problem, Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";

type After = { onSuccess: (next: Schema<"GuideEditor">) => void; onError: (problem: Problem) => void };

/** Gives a guide back to its author, with the reason. */
export function ReturnModal({ id, seen, after, onClose }: { id: string; seen: number; after: After; onClose: () => void }) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/guide-library/{id}/return", after);
  return (
    <FormModal<{ reason: string }>
      title={t("library.return")}
      about={id}
      submit={t("library.return")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ reason }) => run.mutate({ params: { path: { id } }, body: { seen, reason } })}
      onClose={onClose}
    >
      <Form.Item name="reason" label={t("library.return_why")} rules={[{ required: true, whitespace: true, message: t("facts.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} />
      </Form.Item>
    </FormModal>
  );
}
