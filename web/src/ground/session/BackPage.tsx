import { Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { client } from "@ground/api/client";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import type { Problem } from "@api";
import { LEFT_FROM } from "./CompanyDoor";
import { DoorFrame } from "./DoorFrame";

/** Where one goes on: where one was before, if that is a page of this house. */
function onward() {
  const before = sessionStorage.getItem(LEFT_FROM) ?? "/";
  sessionStorage.removeItem(LEFT_FROM);
  window.location.replace(before.startsWith("/") && !before.startsWith("//") && !before.startsWith("/sign-in") ? before : "/");
}

/** Where the company account sends people back to. What stands in the address works once and is taken out of the history. */
export function BackPage() {
  const { t } = useWords();
  const [came] = useState(() => new URLSearchParams(window.location.search));
  const [problem, setProblem] = useState<Problem | null>(null);
  const code = $api.useMutation("post", "/api/v1/sessions/oidc/code", { retry: 0, onSuccess: onward });
  useEffect(() => {
    const state = came.get("state");
    // In development React runs this twice; the second time nothing stands in the address any more.
    if (window.location.search === "" || state === null) return;
    window.history.replaceState(null, "", window.location.pathname);
    const body = { state, code: came.get("code"), error: came.get("error") };
    void client.POST("/api/v1/sessions/oidc/finish", { body }).then(({ error }) => (error ? setProblem(error) : onward()));
  }, [came]);
  const lost = came.get("state") === null;
  return (
    <DoorFrame>
      {problem?.code === "session.code_needed" ? (
        <Form<{ code: string }> layout="vertical" requiredMark={false} onFinish={(typed) => code.mutate({ body: { code: typed.code.replace(/\s/g, "") } })}>
          <Form.Item name="code" label={t("login.code")} rules={[{ required: true, message: t("login.code_missing") }]}>
            <Input autoComplete="one-time-code" autoFocus maxLength={40} size="large" data-testid="login-code" />
          </Form.Item>
          {code.error && <ProblemLine problem={code.error} />}
          <Button type="primary" htmlType="submit" size="large" block loading={code.isPending || code.isSuccess}>
            {t("login.submit")}
          </Button>
        </Form>
      ) : problem || lost ? (
        <>
          {problem ? <ProblemLine problem={problem} /> : <p>{t("login.company_lost")}</p>}
          <Button type="primary" size="large" block href="/">
            {t("login.company_back")}
          </Button>
        </>
      ) : (
        <div role="status" aria-label={t("login.company_coming")}>
          <p className="lead">{t("login.company_coming")}</p>
          <BlockLoading lines={3} />
        </div>
      )}
    </DoorFrame>
  );
}
