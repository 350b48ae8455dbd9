import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Radio, Select, Switch } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import css from "../org.module.css";
import { CompanyPeople } from "./CompanyPeople";

type Provider = Schema<"IdentityProvider">;
type Typed = Schema<"Terms"> & { secret?: string };

const fresh: Typed = { label: "", issuer: "", client_id: "", domains: [], claim: "email", unknown: "refuse", newcomer: "storekeeper", trust_amr: false, enabled: true };

/** Roles that are tied to nothing else and do not rule. */
const newcomers = ["storekeeper", "quality", "auditor", "finance", "agent", "dispatcher", "supervisor"] as const;

/** How people come in by a company account. */
export function CompanyAccount() {
  const provider = $api.useQuery("get", "/api/v1/identity-provider");
  if (provider.isPending) return <BlockLoading lines={8} />;
  if (provider.error) return <ProblemPage problem={provider.error} onRetry={() => void provider.refetch()} />;
  return (
    <>
      <TermsForm key={provider.data.version} provider={provider.data} />
      {provider.data.version > 0 && <CompanyPeople />}
    </>
  );
}

function TermsForm({ provider }: { provider: Provider }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Typed>();
  // What was read from the issuer that stands there; another issuer makes it old.
  const [asked, setAsked] = useState("");
  const issuer = Form.useWatch("issuer", form) ?? "";
  const unknown = Form.useWatch("unknown", form);
  const test = $api.useMutation("post", "/api/v1/identity-provider/test", { retry: 0 });
  const save = $api.useMutation("put", "/api/v1/identity-provider", {
    onSuccess: (now) => {
      cache.setQueryData($api.queryOptions("get", "/api/v1/identity-provider").queryKey, now);
      void message.success(t("company.saved"));
    },
  });
  const known = asked !== "" && asked === issuer;
  return (
    <section className={css.rules}>
      <h1>{t("company.heading")}</h1>
      <p className="lead">{t("company.lead")}</p>
      <dl className={css.dl}>
        <dt>{t("company.back")}</dt>
        <dd>
          <CopyNumber value={provider.back} mono />
        </dd>
      </dl>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={provider.terms ?? { ...fresh, label: t("company.label_usual") }}
        onFinish={({ secret, ...terms }) => save.mutate({ body: { terms, secret: secret || null, version: provider.version } })}
      >
        <Form.Item name="enabled" label={t("company.enabled")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="label" label={t("company.label")} rules={[{ required: true, whitespace: true, message: t("company.label_missing") }]}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="issuer" label={t("company.issuer")} extra={t("company.issuer_why")} rules={[{ required: true, whitespace: true, message: t("company.issuer_missing") }]}>
          <Input inputMode="url" placeholder="https://id.example.com" autoComplete="off" spellCheck={false} />
        </Form.Item>
        <div className={css.tried}>
          <Button
            disabled={!issuer.trim()}
            loading={test.isPending}
            data-testid="company-test"
            onClick={() => {
              setAsked(issuer);
              test.mutate({ body: { issuer } });
            }}
          >
            {t("company.test")}
          </Button>
          {known && test.data && <Found found={test.data} />}
          {known && test.error && <ProblemLine problem={test.error} />}
        </div>
        <Form.Item name="client_id" label={t("company.client")} rules={[{ required: true, whitespace: true, message: t("company.client_missing") }]}>
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="secret" label={t("company.secret")} extra={provider.secret_kept ? t("company.secret_kept") : t("company.secret_why")}>
          <Input.Password autoComplete="new-password" placeholder={provider.secret_kept ? t("company.secret_stays") : ""} />
        </Form.Item>
        <Form.Item name="domains" label={t("company.domains")} extra={t("company.domains_why")}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "\uff0c", " ", "\u3001"]} placeholder="example.com" />
        </Form.Item>
        <Form.Item name="claim" label={t("company.claim")} extra={t("company.claim_why")} rules={[{ required: true, whitespace: true, message: t("company.claim_missing") }]}>
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item name="unknown" label={t("company.unknown")}>
          <Radio.Group options={(["refuse", "create"] as const).map((value) => ({ value, label: t(`company.unknown.${value}`) }))} vertical />
        </Form.Item>
        {unknown === "create" && (
          <Form.Item name="newcomer" label={t("company.newcomer")} extra={t("company.newcomer_why")}>
            <Select options={newcomers.map((role) => ({ value: role, label: t(`role.${role}`) }))} data-testid="company-newcomer" />
          </Form.Item>
        )}
        <Form.Item name="trust_amr" label={t("company.trust")} extra={t("company.trust_why")} valuePropName="checked">
          <Switch />
        </Form.Item>
        {save.error && <ProblemLine problem={save.error} />}
        <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="company-save">
          {t("company.save")}
        </Button>
      </Form>
    </section>
  );
}

/** What a provider says of itself. */
function Found({ found }: { found: Schema<"ProviderFound"> }) {
  const { t } = useWords();
  return (
    <div role="status" className={css.notice} data-testid="company-found">
      <p>{t("company.found", { keys: found.keys, algorithms: found.algorithms.join(t("list.comma")) })}</p>
      <dl className={css.dl}>
        <dt>{t("company.found_sign_in")}</dt>
        <dd className={css.mono}>{found.authorization}</dd>
        <dt>{t("company.found_token")}</dt>
        <dd className={css.mono}>{found.token}</dd>
      </dl>
    </div>
  );
}
