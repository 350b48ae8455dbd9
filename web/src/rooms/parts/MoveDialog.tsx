import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, InputNumber, Radio, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import css from "./parts.module.css";

/** What somebody at the warehouse does; what visits use moves by itself. */
const kinds = ["received", "handed_out", "handed_back", "counted", "written_off"] as const;
type Kind = (typeof kinds)[number];
type Typed = { kind: Kind; quantity: number; engineer_id?: string; note?: string };

/** Pieces of a part come, go to an engineer, come back, are counted or lost. */
export function MoveDialog({ page, onClose }: { page: Schema<"StockPage">; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const move = $api.useMutation("post", "/api/v1/parts/{id}/moves", {
    onSuccess: () => {
      for (const path of ["/api/v1/parts", "/api/v1/parts/{id}", "/api/v1/parts/{id}/moves"]) void cache.invalidateQueries({ queryKey: ["get", path] });
      void message.success(t("stock.moved"));
      onClose();
    },
  });
  const submit = ({ kind, quantity, engineer_id, note }: Typed) =>
    move.mutate({ params: { path: { id: page.part.id } }, body: { kind, quantity, engineer_id: kind === "received" ? null : (engineer_id ?? null), note: note?.trim() ?? "" } });
  const carried = new Map(page.carriers.map((one) => [one.engineer.id, one.pieces]));
  const people = page.engineers.map((one) => ({ value: one.id, label: carried.has(one.id) ? `${one.name} · ${t("stock.pieces", { count: String(carried.get(one.id)), unit: page.part.unit })}` : one.name }));
  return (
    <FormModal<Typed> title={`${t("stock.move")} ${page.part.number}`} submit={t("stock.move")} form={form} initial={{ kind: "received" }} pending={move.isPending} problem={move.error} onSubmit={submit} onClose={onClose}>
      <Form.Item name="kind" label={t("stock.kind")}>
        <Radio.Group className={css.kinds}>
          {kinds.map((one) => (
            <Radio key={one} value={one} data-testid={`stock-kind-${one}`}>
              {t(`stock.kind.${one}`)} <span className="meta">{t(`stock.about.${one}`)}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(was: Typed, is: Typed) => was.kind !== is.kind}>
        {() => {
          const kind = form.getFieldValue("kind") as Kind | undefined;
          const between = kind === "handed_out" || kind === "handed_back";
          const why = kind === "written_off";
          return (
            <>
              {kind !== "received" && kind !== undefined && (
                <Form.Item name="engineer_id" label={t(between ? "stock.engineer" : "stock.place")} rules={[{ required: between, message: t("stock.engineer_missing") }]}>
                  <Select showSearch={{ optionFilterProp: "label" }} options={people} allowClear={!between} placeholder={between ? undefined : t("stock.place_store")} />
                </Form.Item>
              )}
              <Form.Item name="quantity" label={t(kind === "counted" ? "stock.quantity_counted" : "stock.quantity")} rules={[{ required: true, message: t("stock.quantity_missing") }]}>
                <InputNumber min={kind === "counted" ? 0 : 1} max={100_000} precision={0} suffix={page.part.unit} className={css.wide} />
              </Form.Item>
              <Form.Item
                name="note"
                label={t(why || kind === "counted" ? "stock.note_why" : "stock.note")}
                {...(kind === "counted" && { extra: t("stock.note_differs") })}
                rules={[{ required: why, whitespace: why, message: t("stock.note_missing") }]}
              >
                <Input maxLength={200} />
              </Form.Item>
            </>
          );
        }}
      </Form.Item>
    </FormModal>
  );
}
