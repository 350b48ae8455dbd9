import { Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfter } from "./data";

const testId = { "data-testid": "incident-tell-submit" };

type Props = { page: Schema<"IncidentPage">; onClose: () => void };

/** The same words to all reporters, once; says before whom they reach and when. */
export function TellDialog({ page, onClose }: Props) {
  const { t } = useWords();
  const [form] = Form.useForm<{ words: string }>();
  const run = $api.useMutation("post", "/api/v1/incidents/{id}/broadcasts", useAfter(onClose));
  const { id, version, reporters } = page.incident;
  return (
    <Dialog
      open
      closable={false}
      mask={{ closable: false }}
      title={t("incident.tell")}
      okText={t("incident.tell_submit", { count: reporters })}
      cancelText={t("action.cancel")}
      okButtonProps={{ htmlType: "submit", form: "tell", ...testId }}
      confirmLoading={run.isPending}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="lead">{t("incident.tell_lead")}</p>
      <Form id="tell" form={form} layout="vertical" requiredMark={false} onFinish={({ words }) => run.mutate({ params: { path: { id } }, body: { version, words } })}>
        <Form.Item name="words" label={t("incident.words")} rules={[{ required: true, whitespace: true, message: t("incident.words_missing") }]}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={4000} showCount data-testid="incident-words" />
        </Form.Item>
      </Form>
      {run.error && <ProblemLine problem={run.error} />}
    </Dialog>
  );
}
