import { Form, Select } from "antd";
import { useWords } from "@ground/i18n/Words";
import { usePlaces } from "./data";

/** The branch somebody belongs to, and the firm; closed ones take nobody in. */
export function PlaceFields() {
  const { t } = useWords();
  const { branches, partners } = usePlaces();
  const open = (places: typeof branches | typeof partners) => places.filter((place) => !place.closed_at).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Form.Item name="branch_id" label={t("people.branch")} extra={t("people.branch_why")}>
        <Select allowClear placeholder={t("people.everywhere")} options={open(branches)} />
      </Form.Item>
      <Form.Item name="partner_id" label={t("people.partner")}>
        <Select allowClear placeholder={t("people.own_firm")} options={open(partners)} />
      </Form.Item>
    </>
  );
}
