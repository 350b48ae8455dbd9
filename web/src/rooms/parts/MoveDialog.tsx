import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Radio, Select } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useSession } from "@ground/session/Session";
import { TerminalDialog } from "@rooms/terminal/TerminalDialog";
import css from "./parts.module.css";

/** What somebody at the warehouse does; what visits use moves by itself. */
const kinds = ["received", "handed_out", "handed_back", "counted", "written_off"] as const;
type Kind = (typeof kinds)[number];
type Typed = { kind: Kind; quantity: number; engineer_id?: string; note?: string; serials?: string[] };

/** Pieces of a part come, go to an engineer, come back, are counted or lost. */
export function MoveDialog({ page, onClose }: { page: Schema<"StockPage">; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const { may } = useSession();
  const [form] = Form.useForm<Typed>();
  const [making, setMaking] = useState(false);
  const move = $api.useMutation("post", "/api/v1/parts/{id}/moves", {
    onSuccess: () => {
      for (const path of ["/api/v1/parts", "/api/v1/parts/{id}", "/api/v1/parts/{id}/moves", "/api/v1/part-requests"]) void cache.invalidateQueries({ queryKey: ["get", path] });
      void message.success(t("stock.moved"));
      onClose();
    },
  });
  const named = page.part.serialised ?? false;
  const submit = ({ kind, quantity, engineer_id, note, serials = [] }: Typed) =>
    move.mutate({
      params: { path: { id: page.part.id } },
      body: { kind, quantity: named ? serials.length : quantity, engineer_id: kind === "received" ? null : (engineer_id ?? null), note: note?.trim() ?? "", serials: named ? serials : [] },
    });
  // What can be named lies where the movement starts; what comes in is typed or scanned.
  const standing = (kind: Kind | undefined, engineer?: string) =>
    page.pieces
      .filter((one) => (kind === "handed_out" || !engineer ? one.stands === "store" : one.engineer?.id === engineer))
      .map((one) => ({ value: one.serial_no, label: one.serial_no }));
  const carried = new Map(page.carriers.map((one) => [one.engineer.id, one.pieces]));
  const people = page.engineers.map((one) => ({ value: one.id, label: carried.has(one.id) ? `${one.name} · ${t("stock.pieces", { count: String(carried.get(one.id)), unit: page.part.unit })}` : one.name }));
  const unregistered = move.error?.code === "stock.unit_unregistered";
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
      <Form.Item noStyle shouldUpdate={(was: Typed, is: Typed) => was.kind !== is.kind || was.engineer_id !== is.engineer_id}>
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
              {named ? (
                <Form.Item name="serials" label={t("stock.serials")} extra={t(kind === "counted" ? "stock.serials_counted" : "stock.serials_hint")} rules={[{ required: kind !== "counted", message: t("stock.serials_missing") }]}>
                  <Select mode={kind === "received" || kind === "counted" ? "tags" : "multiple"} tokenSeparators={[" ", ",", "\uff0c", "\n"]} options={kind === "received" ? [] : standing(kind, form.getFieldValue("engineer_id") as string | undefined)} data-testid="stock-serials" />
                </Form.Item>
              ) : (
                <Form.Item name="quantity" label={t(kind === "counted" ? "stock.quantity_counted" : "stock.quantity")} rules={[{ required: true, message: t("stock.quantity_missing") }]}>
                  <InputNumber min={kind === "counted" ? 0 : 1} max={100_000} precision={0} suffix={page.part.unit} className={css.wide} />
                </Form.Item>
              )}
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
      {unregistered && may("terminal.add") && (
        <Button onClick={() => setMaking(true)} data-testid="stock-register">
          {t("terminal.new")}
        </Button>
      )}
      {making && (
        <TerminalDialog
          page={null}
          onClose={() => setMaking(false)}
          onMade={() => {
            setMaking(false);
            move.reset();
          }}
        />
      )}
    </FormModal>
  );
}
