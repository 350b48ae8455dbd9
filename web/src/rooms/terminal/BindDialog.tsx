import { Form, Input, Select } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { Fact, FactList } from "@ground/parts/ListPage";
import { useAfter, type Page } from "./data";
import css from "./terminal.module.css";

type Typed = { merchant_id: string; store_id: string; tid: string; reason?: string };

/** Puts a terminal to use at a store, or takes it from one to another. The five elements are shown before they hold. */
export function BindDialog({ page, onClose }: { page: Page; onClose: () => void }) {
  const { t } = useWords();
  const { terminal, binding } = page;
  const [q, setQ] = useState("");
  const [merchant, setMerchant] = useState<string>();
  const found = $api.useQuery("get", "/api/v1/merchants", { params: { query: { q, limit: 20 } } });
  const chosen = $api.useQuery("get", "/api/v1/merchants/{id}", { params: { path: { id: merchant ?? "" } } }, { enabled: merchant !== undefined }).data;
  const after = useAfter(onClose);
  const bind = $api.useMutation("post", "/api/v1/terminals/{id}/bindings", after);
  const move = $api.useMutation("post", "/api/v1/terminals/{id}/bindings/move", after);
  const run = binding ? move : bind;
  const submit = ({ store_id, tid, reason }: Typed) => {
    const params = { path: { id: terminal.id } };
    if (binding) move.mutate({ params, body: { store_id, tid: tid.trim(), reason: reason?.trim() ?? "" } });
    else bind.mutate({ params, body: { store_id, tid: tid.trim() } });
  };
  return (
    <FormModal<Typed>
      title={t(binding ? "terminal.move_title" : "terminal.bind_title", { serial: terminal.serial_no })}
      submit={t(binding ? "terminal.move" : "terminal.bind")}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
      lead={binding ? t("terminal.move_lead", { store: binding.store_name, tid: binding.tid }) : undefined}
    >
      <Form.Item name="merchant_id" label={t("fact.merchant")} rules={[{ required: true, message: t("terminal.merchant_missing") }]}>
        <Select
          showSearch={{ filterOption: false, onSearch: setQ }}
          loading={found.isFetching}
          placeholder={t("terminal.merchant_hint")}
          options={found.data?.items.map((row) => ({ value: row.id, label: `${row.name} · ${row.mid}` })) ?? []}
          onChange={(id: string) => setMerchant(id)}
        />
      </Form.Item>
      <StoreField stores={chosen?.stores ?? []} />
      <Form.Item name="tid" label={t("fact.tid")} extra={t("terminal.tid_shape")} rules={[{ required: true, whitespace: true, message: t("terminal.tid_missing") }]}>
        <Input maxLength={20} spellCheck={false} />
      </Form.Item>
      {binding && (
        <Form.Item name="reason" label={t("command.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
          <Input maxLength={200} placeholder={t("terminal.move_hint")} />
        </Form.Item>
      )}
      {chosen && <Elements chosen={chosen} />}
    </FormModal>
  );
}

function StoreField({ stores }: { stores: readonly Schema<"MerchantStore">[] }) {
  const { t } = useWords();
  return (
    <Form.Item name="store_id" label={t("fact.store")} rules={[{ required: true, message: t("terminal.store_missing") }]}>
      <Select disabled={stores.length === 0} options={stores.map((store) => ({ value: store.id, label: `${store.name} · ${store.address}` }))} />
    </Form.Item>
  );
}

/** What will be written beside the terminal number: acquirer, merchant, credit code, account, address. */
function Elements({ chosen }: { chosen: Schema<"MerchantPage"> }) {
  const { t } = useWords();
  const form = Form.useFormInstance<Typed>();
  const storeId = Form.useWatch("store_id", form);
  const { merchant, stores } = chosen;
  return (
    <div className={css.elements}>
      <FactList>
        <Fact name={t("fact.acquirer")}>{merchant.acquirer.name}</Fact>
        <Fact name={t("fact.merchant")}>{merchant.name}</Fact>
        <Fact name={t("fact.uscc")}>{merchant.uscc_masked || "—"}</Fact>
        <Fact name={t("fact.account")}>{merchant.settlement_account_mask || "—"}</Fact>
        <Fact name={t("fact.address")}>{stores.find((store) => store.id === storeId)?.address ?? "—"}</Fact>
      </FactList>
    </div>
  );
}
