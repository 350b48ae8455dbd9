import { Form, Select } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { roles } from "./data";

/** The role, and for two of them whose: which engineer of the crew, which acquirer. */
export function RoleFields() {
  const { t } = useWords();
  const role: unknown = Form.useWatch("role");
  const board = $api.useQuery("get", "/api/v1/dispatch/board", {}, { enabled: role === "engineer" });
  const acquirers = $api.useQuery("get", "/api/v1/acquirers", {}, { enabled: role === "acquirer" });
  return (
    <>
      <Form.Item name="role" label={t("people.role")} rules={[{ required: true, message: t("people.role_missing") }]}>
        <Select options={roles.map((r) => ({ value: r, label: t(`role.${r}`) }))} />
      </Form.Item>
      {role === "engineer" && (
        <Form.Item name="engineer_id" label={t("people.which_engineer")} rules={[{ required: true, message: t("people.which_engineer_missing") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} loading={board.isPending} options={board.data?.engineers.map((row) => ({ value: row.engineer.id, label: row.engineer.name })) ?? []} />
        </Form.Item>
      )}
      {role === "acquirer" && (
        <Form.Item name="acquirer_id" label={t("people.which_acquirer")} rules={[{ required: true, message: t("people.which_acquirer_missing") }]}>
          <Select loading={acquirers.isPending} options={acquirers.data?.items.map((a) => ({ value: a.id, label: a.name })) ?? []} />
        </Form.Item>
      )}
    </>
  );
}
