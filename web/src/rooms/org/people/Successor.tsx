import { Form, Select } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";

/** Who takes what somebody still answers for. */
export function Successor({ except }: { except: string }) {
  const { t } = useWords();
  const people = $api.useQuery("get", "/api/v1/users", { params: { query: { limit: 200 } } });
  return (
    <Form.Item name="hand_over_to" label={t("people.successor")} extra={t("people.successor_why")}>
      <Select
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        loading={people.isPending}
        options={people.data?.items.filter((p) => p.id !== except && ["agent", "supervisor", "dispatcher", "admin"].includes(p.role)).map((p) => ({ value: p.id, label: `${p.name} · ${t(`role.${p.role}`)}` })) ?? []}
      />
    </Form.Item>
  );
}
