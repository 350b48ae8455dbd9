import { useNavigate } from "@tanstack/react-router";
import { Form, Input, Select } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useAfter, useChoices, type Page } from "./data";

type Typed = { acquirer_id: string; mid: string; name: string; tier: Schema<"Tier">; industry?: string; uscc?: string; settlement_account?: string };

const tiers = ["standard", "silver", "gold"] as const satisfies readonly Schema<"Tier">[];
const said = (text: string | undefined) => text?.trim() || null;

/** A merchant, new or changed. Its number and its acquirer stay for life; papers left empty stay as they are. */
export function MerchantDialog({ page, onClose }: { page: Page | null; onClose: () => void }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const choices = useChoices();
  const merchant = page?.merchant;
  const after = useAfter(merchant?.id, (now) => {
    onClose();
    if (!merchant) void navigate({ to: "/merchants/$id", params: { id: now.merchant.id } });
  });
  const add = $api.useMutation("post", "/api/v1/merchants", after);
  const change = $api.useMutation("put", "/api/v1/merchants/{id}", after);
  const run = merchant ? change : add;
  const submit = (v: Typed) => {
    const papers = { uscc: said(v.uscc), settlement_account: said(v.settlement_account) };
    const common = { name: v.name.trim(), tier: v.tier, industry: v.industry?.trim() ?? "", ...papers };
    if (merchant) change.mutate({ params: { path: { id: merchant.id } }, body: { version: merchant.version, ...common } });
    else add.mutate({ body: { acquirer_id: v.acquirer_id, mid: v.mid.trim(), ...common } });
  };
  return (
    <FormModal<Typed>
      title={t(merchant ? "merchant.edit" : "merchant.new")}
      submit={t("merchant.save")}
      initial={{ tier: merchant?.tier ?? "standard", ...(merchant && { name: merchant.name, industry: merchant.industry }) }}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!merchant && (
        <>
          <Form.Item name="acquirer_id" label={t("fact.acquirer")} rules={[{ required: true, message: t("merchant.acquirer_missing") }]}>
            <Select options={choices?.acquirers.map((one) => ({ value: one.id, label: one.name })) ?? []} loading={!choices} />
          </Form.Item>
          <Form.Item name="mid" label={t("fact.mid")} extra={t("merchant.mid_shape")} rules={[{ required: true, whitespace: true, message: t("merchant.mid_missing") }]}>
            <Input maxLength={30} spellCheck={false} />
          </Form.Item>
        </>
      )}
      <Form.Item name="name" label={t("merchant.name")} rules={[{ required: true, whitespace: true, message: t("merchant.name_missing") }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="tier" label={t("merchant.tier")}>
        <Select options={tiers.map((tier) => ({ value: tier, label: t(`tier.${tier}`) }))} />
      </Form.Item>
      <Form.Item name="industry" label={t("merchant.industry")}>
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="uscc" label={t("fact.uscc")}>
        <Input maxLength={30} placeholder={merchant?.uscc_masked ?? ""} spellCheck={false} />
      </Form.Item>
      <Form.Item name="settlement_account" label={t("fact.account")} extra={t("merchant.account_kept")}>
        <Input maxLength={40} placeholder={merchant?.settlement_account_mask ?? ""} inputMode="numeric" />
      </Form.Item>
    </FormModal>
  );
}
