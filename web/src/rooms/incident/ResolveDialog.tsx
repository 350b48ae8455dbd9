import { Checkbox, Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { ChoiceField, FaultField } from "@rooms/ticket/command/fields";
import { useAfter } from "./data";

const testId = { "data-testid": "incident-resolve-submit" };

type Props = { page: Schema<"IncidentPage">; onClose: () => void };
type Typed = { note: string; solve?: boolean; fault_code?: string; outcome?: Schema<"Outcome"> };

/** Declares an incident over, and offers to solve its reporters with it. */
export function ResolveDialog({ page, onClose }: Props) {
  const { t } = useWords();
  const [form] = Form.useForm<Typed>();
  const solves = Form.useWatch("solve", form);
  const run = $api.useMutation("post", "/api/v1/incidents/{id}/resolve", useAfter(onClose));
  const { id, version, reporters_open: open, fault_code } = page.incident;
  return (
    <FormModal<Typed>
      title={t("incident.resolve")}
      about={id}
      form={form}
      submit={solves ? t("incident.resolve_solve", { count: open }) : t("incident.resolve")}
      button={testId}
      initial={{ solve: open > 0, outcome: "remote_fixed", ...(fault_code && { fault_code }) }}
      pending={run.isPending}
      problem={run.error}
      onSubmit={(v) =>
        run.mutate({ params: { path: { id } }, body: { version, note: v.note, solve: v.solve && v.fault_code && v.outcome ? { fault_code: v.fault_code, outcome: v.outcome } : null } })
      }
      onClose={onClose}
    >
      <Form.Item name="note" label={t("incident.note")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} data-testid="incident-note" />
      </Form.Item>
      {open > 0 && (
        <Form.Item name="solve" valuePropName="checked" extra={t("incident.solve_extra")}>
          <Checkbox>{t("incident.solve", { count: open })}</Checkbox>
        </Form.Item>
      )}
      {solves && (
        <>
          <FaultField />
          <ChoiceField name="outcome" label="command.outcome" words="outcome" values={["remote_fixed", "advised", "no_fault"]} />
        </>
      )}
    </FormModal>
  );
}
