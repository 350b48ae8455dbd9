import { BankOutlined } from "@ant-design/icons";
import { Button, Divider, Form, Input } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { isString, kept } from "@ground/kept";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./login.module.css";

const code = kept("company-code", "", isString);
/** Where one was before leaving for the provider. */
export const LEFT_FROM = "left-from";

/** The button to the company account, where there is one. With several companies a code says which is meant. */
export function CompanyDoor() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const look = $api.useQuery("get", "/api/v1/sessions/oidc", {}, { retry: 0, staleTime: Infinity });
  const start = $api.useMutation("post", "/api/v1/sessions/oidc/start", {
    retry: 0,
    onSuccess: ({ address }) => {
      sessionStorage.setItem(LEFT_FROM, window.location.pathname + window.location.search);
      window.location.assign(address);
    },
  });
  const going = start.isPending || start.isSuccess;
  if (!look.data || (look.data.label === null && !look.data.code_asked)) return null;
  return (
    <>
      <Divider plain className={css.or}>
        {t("login.or")}
      </Divider>
      {look.data.code_asked && open ? (
        <Form<{ tenant: string }>
          layout="vertical"
          requiredMark={false}
          initialValues={{ tenant: code.read() }}
          onFinish={({ tenant }) => {
            code.write(tenant.trim());
            start.mutate({ body: { tenant: tenant.trim() } });
          }}
        >
          <Form.Item name="tenant" label={t("login.company_code")} rules={[{ required: true, whitespace: true, message: t("login.company_code_missing") }]}>
            <Input autoFocus autoCapitalize="off" autoCorrect="off" spellCheck={false} size="large" />
          </Form.Item>
          <Button htmlType="submit" size="large" block loading={going}>
            {t("login.company_go")}
          </Button>
        </Form>
      ) : (
        <Button size="large" block icon={<BankOutlined />} loading={going} data-testid="login-company" onClick={() => (look.data.code_asked ? setOpen(true) : start.mutate({ body: {} }))}>
          {t("login.company", { label: look.data.label ?? t("login.company_usual") })}
        </Button>
      )}
      {start.error && <ProblemLine problem={start.error} />}
    </>
  );
}
