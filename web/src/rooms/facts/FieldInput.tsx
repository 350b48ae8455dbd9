import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, DatePicker, Form, Input, InputNumber, Select, Switch } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import type { ReactNode } from "react";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import type { FactField } from "./data";
import css from "./facts.module.css";
import { useChoice } from "./useShown";

type Props = { field: FactField; fixed: boolean; wrong: boolean };

const day = (value: unknown) => (typeof value === "string" ? dayjs(value) : undefined);
const written = (value: Dayjs | null) => value?.format("YYYY-MM-DD") ?? null;

/** One field of a row, by its shape. What stays as it was first published is shown and says so. */
export function FieldInput({ field, fixed, wrong }: Props) {
  const { t } = useWords();
  const choice = useChoice();
  const { name, shape, required } = field;
  const label = t(`facts.field.${name}` as Key);
  const rules = required ? [{ required: true, message: t("facts.needed") }] : [];
  const item = (input: ReactNode, more: object = {}) => (
    <Form.Item name={name} label={label} rules={rules} {...(fixed && { extra: t("facts.fixed") })} {...(wrong && { validateStatus: "error" as const })} {...more}>
      {input}
    </Form.Item>
  );
  // Only what is fixed says so itself: a form that may not be written in switches off the rest.
  const still = fixed ? { disabled: true } : {};
  const options = field.choices.map((c) => ({ value: c.code, label: choice(name, c) }));
  switch (shape) {
    case "both":
    case "text":
      return (
        <div className={css.both}>
          {(["zh", "en"] as const).map((lang) => (
            <Form.Item key={lang} name={[name, lang]} label={`${label} · ${t(`lang.${lang}`)}`} rules={required ? [{ required: true, whitespace: true, message: t("facts.needed") }] : []} {...(wrong && { validateStatus: "error" as const })}>
              <Input.TextArea autoSize={{ minRows: shape === "text" ? 3 : 1, maxRows: 12 }} maxLength={(field.most ?? 100) * (lang === "en" ? 3 : 1)} lang={lang} />
            </Form.Item>
          ))}
        </div>
      );
    case "number":
      return item(<InputNumber min={field.least ?? 0} max={field.most ?? Number.MAX_SAFE_INTEGER} precision={0} {...still} />);
    case "money":
      return item(<InputNumber min={0} precision={2} prefix="¥" {...still} />, { getValueProps: (fen: unknown) => ({ value: typeof fen === "number" ? fen / 100 : null }), normalize: (yuan: number | null) => (yuan === null ? null : Math.round(yuan * 100)) });
    case "flag":
      return item(<Switch {...still} />, { valuePropName: "checked", rules: [] });
    case "choice":
      return item(<Select allowClear={!required} {...still} showSearch={{ optionFilterProp: "label" }} options={options} placeholder={required ? undefined : t("facts.none")} />);
    case "choices":
      return item(<Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={options} />);
    case "dates":
      return item(<Select mode="tags" open={false} suffixIcon={null} placeholder={t("facts.dates_hint")} />);
    case "options":
      return <Rows name={name} label={label} parts={["code", "zh", "en"]} />;
    case "spans":
      return <Rows name={name} label={label} parts={["zh", "en", "from", "to"]} />;
    default:
      return item(<Input maxLength={field.most ?? 200} {...still} />);
  }
}

/** A short list of small rows: options to choose from, named spans of days. */
function Rows({ name, label, parts }: { name: string; label: string; parts: readonly ("code" | "zh" | "en" | "from" | "to")[] }) {
  const { t } = useWords();
  return (
    <Form.Item label={label}>
      <Form.List name={name}>
        {(rows, { add, remove }) => (
          <div className={css.list}>
            {rows.map((row) => (
              <div key={row.key} className={css.listItem}>
                <div className={css.listRow}>
                  {parts.map((part) =>
                    part === "from" || part === "to" ? (
                      <Form.Item key={part} name={[row.name, part]} noStyle getValueProps={(value: unknown) => ({ value: day(value) })} normalize={written}>
                        <DatePicker placeholder={t(`facts.part.${part}`)} aria-label={t(`facts.part.${part}`)} allowClear={false} />
                      </Form.Item>
                    ) : (
                      <Form.Item key={part} name={[row.name, part]} noStyle>
                        <Input placeholder={t(`facts.part.${part}`)} aria-label={t(`facts.part.${part}`)} maxLength={40} />
                      </Form.Item>
                    ),
                  )}
                </div>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("facts.remove")} onClick={() => remove(row.name)} />
              </div>
            ))}
            <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({})}>
              {t("facts.add_one")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}
