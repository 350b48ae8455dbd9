import { App, DatePicker, Form, Input } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { ChangeList } from "./ChangeList";
import { useAfter, type FactSet } from "./data";

type Typed = { reason: string; valid_from?: Dayjs | null };

const testId = { "data-testid": "publish-submit" };

/** The last look before a version is written for good: every change, the reason, and from when where that can be chosen. */
export function PublishModal({ set, draft, onClose }: { set: FactSet; draft: Schema<"FactDraft">; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const publish = $api.useMutation(
    "post",
    "/api/v1/facts/sets/{kind}/publish",
    useAfter(set.kind, (after) => {
      void message.success(t("facts.published", { version: after.version }));
      onClose();
    }),
  );
  const submit = ({ reason, valid_from }: Typed) =>
    publish.mutate({ params: { path: { kind: set.kind } }, body: { version: draft.version, reason, valid_from: valid_from?.format("YYYY-MM-DD") ?? null } });
  return (
    <FormModal<Typed>
      title={t("facts.publish_title", { name: t(`facts.kind.${set.kind}`), version: set.version + 1 })}
      width={640}
      submit={t("facts.publish")}
      button={testId}
      pending={publish.isPending}
      problem={publish.error}
      onSubmit={submit}
      onClose={onClose}
      above={<ChangeList fields={set.fields} changes={draft.changes} />}
    >
      {set.by_day && (
        <Form.Item name="valid_from" label={t("facts.valid_from")} extra={t("facts.valid_from_why")}>
          <DatePicker minDate={dayjs()} placeholder={t("facts.today")} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t("facts.reason")} rules={[{ required: true, whitespace: true, message: t("facts.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={500} data-testid="publish-reason" />
      </Form.Item>
    </FormModal>
  );
}
