import { Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter } from "./data";

const testId = { "data-testid": "incident-tell-submit" };

type Props = { page: Schema<"IncidentPage">; onClose: () => void };

/** The same words to all reporters, once; says before whom they reach and when. */
export function TellDialog({ page, onClose }: Props) {
  const { t } = useWords();
  const run = $api.useMutation("post", "/api/v1/incidents/{id}/broadcasts", useAfter(onClose));
  const { id, version, reporters } = page.incident;
  return (
    <FormModal<{ words: string }>
      title={t("incident.tell")}
      about={id}
      submit={t("incident.tell_submit", { count: reporters })}
      button={testId}
      lead={t("incident.tell_lead")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={({ words }) => run.mutate({ params: { path: { id } }, body: { version, words } })}
      onClose={onClose}
    >
      <Form.Item name="words" label={t("incident.words")} rules={[{ required: true, whitespace: true, message: t("incident.words_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={4000} showCount data-testid="incident-words" />
      </Form.Item>
    </FormModal>
  );
}
