import { Form, Input, Radio, Space } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfterCommand } from "../data";

type Recovered = Schema<"Recovered">;

const outcomes = ["explained", "visited_again", "replaced", "compensated", "not_reached"] as const satisfies readonly Recovered[];

/** What was bad was made good: what was done, and a sentence about it. */
export function RecoverDialog({ task, onClose }: { task: Pick<Schema<"SubTask">, "id" | "title">; onClose: () => void }) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/sub-tasks/{id}/done", useAfterCommand(onClose));
  return (
    <FormModal<{ outcome: Recovered; words: string }>
      title={t("task.recover_title")}
      about={task.id}
      submit={t("tasks.done")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ outcome, words }) => run.mutate({ params: { path: { id: task.id } }, body: { outcome, words } })}
      onClose={onClose}
    >
      <p>{task.title}</p>
      <Form.Item name="outcome" label={t("task.recover_what")} rules={[{ required: true, message: t("command.choose") }]}>
        <Radio.Group>
          <Space orientation="vertical">
            {outcomes.map((outcome) => (
              <Radio key={outcome} value={outcome}>
                {t(`recovered.${outcome}`)}
              </Radio>
            ))}
          </Space>
        </Radio.Group>
      </Form.Item>
      <Form.Item name="words" label={t("task.recover_words")} rules={[{ required: true, whitespace: true, message: t("task.recover_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={1000} placeholder={t("task.recover_words_hint")} />
      </Form.Item>
    </FormModal>
  );
}
