import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Form, Input, InputNumber, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { usePartList } from "@rooms/visit/usePartNames";
import css from "./parts.module.css";

type Typed = { number: string; name: string; kind: string; models: string[]; unit: string; price_fen: number; serialised: boolean; min_stock: number | null; off: boolean };

const yuan = {
  getValueProps: (fen: unknown) => ({ value: typeof fen === "number" ? fen / 100 : null }),
  normalize: (value: number | null) => (value === null ? null : Math.round(value * 100)),
};

/** A part, new or changed. Its number stays for life. */
export function PartDialog({ part, onClose }: { part: Schema<"CataloguePart"> | null; onClose: () => void }) {
  const { t, pick } = useWords();
  const cache = useQueryClient();
  const kinds = usePartList().data?.items;
  const choices = $api.useQuery("get", "/api/v1/registry-choices", {}, { staleTime: 60_000 }).data;
  const again = () => {
    for (const path of ["/api/v1/parts", "/api/v1/parts/{id}"]) void cache.invalidateQueries({ queryKey: ["get", path] });
  };
  const after = {
    onSuccess: () => {
      again();
      onClose();
    },
    onError: again,
  };
  const add = $api.useMutation("post", "/api/v1/parts", after);
  const change = $api.useMutation("put", "/api/v1/parts/{id}", after);
  const submit = (v: Typed) => {
    const body = { ...v, number: part?.number ?? v.number.trim(), min_stock: v.min_stock ?? 0 };
    if (part) change.mutate({ params: { path: { id: part.id } }, body: { ...body, version: part.version ?? null } });
    else add.mutate({ body });
  };
  const initial: Partial<Typed> = part
    ? { name: part.name, kind: part.kind, models: part.models ?? [], unit: part.unit, price_fen: part.price_fen, serialised: part.serialised ?? false, min_stock: part.min_stock ?? 0, off: part.off ?? false }
    : { models: [], serialised: false, min_stock: 0, off: false };
  const run = part ? change : add;
  return (
    <FormModal<Typed>
      title={part ? `${t("part.edit")} ${part.number}` : t("part.new")}
      submit={t("part.save")}
      initial={initial}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!part && (
        <Form.Item name="number" label={t("part.number")} extra={t("part.number_shape")} rules={[{ required: true, whitespace: true, message: t("part.number_missing") }]}>
          <Input maxLength={40} spellCheck={false} autoFocus />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("part.name")} rules={[{ required: true, whitespace: true, message: t("part.name_missing") }]}>
        <Input maxLength={60} />
      </Form.Item>
      <div className={css.pair}>
        <Form.Item name="kind" label={t("part.kind")} rules={[{ required: true, message: t("part.kind_missing") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} options={kinds?.map((one) => ({ value: one.code, label: pick(one.name) })) ?? []} loading={!kinds} />
        </Form.Item>
        <Form.Item name="unit" label={t("part.unit")} rules={[{ required: true, whitespace: true, message: t("part.unit_missing") }]}>
          <Input maxLength={10} />
        </Form.Item>
        <Form.Item name="price_fen" label={t("part.price")} rules={[{ required: true, message: t("part.price_missing") }]} {...yuan}>
          <InputNumber min={0} max={100_000} precision={2} prefix="¥" className={css.wide} />
        </Form.Item>
        <Form.Item name="min_stock" label={t("part.min_stock")}>
          <InputNumber min={0} max={100_000} precision={0} className={css.wide} />
        </Form.Item>
      </div>
      <Form.Item name="models" label={t("part.models")} extra={t("part.models_hint")}>
        <Select mode="multiple" options={choices?.models.map((one) => ({ value: one.model, label: one.model })) ?? []} loading={!choices} />
      </Form.Item>
      <Form.Item name="serialised" valuePropName="checked" noStyle>
        <Checkbox>{t("part.serialised")}</Checkbox>
      </Form.Item>
      <Form.Item name="off" valuePropName="checked" noStyle hidden={!part}>
        <Checkbox>{t("part.off")}</Checkbox>
      </Form.Item>
    </FormModal>
  );
}
