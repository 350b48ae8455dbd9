import { Button, Form, Input } from "antd";
import { useState } from "react";
import type { Me } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { CompanyDoor } from "./CompanyDoor";
import { DoorFrame } from "./DoorFrame";
import css from "./login.module.css";

type Entered = { onEnter: (me: Me) => Promise<void> };
type Typed = { username: string; password: string; code?: string };

export function LoginForm({ onEnter, username }: Entered & { username?: string }) {
  const { t } = useWords();
  const signIn = $api.useMutation("post", "/api/v1/sessions", {
    retry: 0,
    onSuccess: (opened) => onEnter(opened.user),
  });
  // Asked for only when the name and the password were right and the account has a second factor.
  const codeAsked = signIn.error?.code.startsWith("session.code_") ?? false;
  const [withCode, setWithCode] = useState(false);
  if (codeAsked && !withCode) setWithCode(true);
  return (
    <Form<Typed>
      layout="vertical"
      requiredMark={false}
      initialValues={{ username }}
      onFinish={({ username: name, password, code }) => signIn.mutate({ body: { username: name, password, code: code?.replace(/\s/g, "") || null } })}
      aria-label={t("login.title")}
    >
      <Form.Item name="username" label={t("login.username")} rules={[{ required: true, message: t("login.username_missing") }]}>
        <Input autoComplete="username" autoCapitalize="off" autoCorrect="off" spellCheck={false} autoFocus={!username} size="large" />
      </Form.Item>
      <Form.Item name="password" label={t("login.password")} rules={[{ required: true, message: t("login.password_missing") }]}>
        <Input.Password autoComplete="current-password" autoFocus={Boolean(username)} size="large" />
      </Form.Item>
      {withCode && (
        <Form.Item name="code" label={t("login.code")}>
          <Input autoComplete="one-time-code" inputMode="text" autoFocus maxLength={40} size="large" data-testid="login-code" />
        </Form.Item>
      )}
      {signIn.error && <ProblemLine problem={signIn.error} />}
      <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending} data-testid="login-submit">
        {t("login.submit")}
      </Button>
    </Form>
  );
}

/** The door: name, password, company account, language. A refusal never tells which half was wrong. */
export function LoginPage({ onEnter }: Entered) {
  return (
    <DoorFrame>
      <LoginForm onEnter={onEnter} />
      <Forgotten />
      <CompanyDoor />
    </DoorFrame>
  );
}

/** Asks for a link to choose a new password. The answer is the same whoever asks for whom. */
function Forgotten() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const ask = $api.useMutation("post", "/api/v1/password-resets", { retry: 0 });
  if (ask.isSuccess) return <p role="status">{t("login.link_sent")}</p>;
  if (!open) {
    return (
      <Button type="link" className={css.forgotten} onClick={() => setOpen(true)}>
        {t("login.forgotten")}
      </Button>
    );
  }
  return (
    <Form<{ username: string }> layout="vertical" requiredMark={false} className={css.forgotten} onFinish={({ username }) => ask.mutate({ body: { username: username.trim() } })}>
      <Form.Item name="username" label={t("login.forgotten_who")} rules={[{ required: true, message: t("login.username_missing") }]}>
        <Input autoCapitalize="off" autoCorrect="off" spellCheck={false} autoFocus />
      </Form.Item>
      {ask.error && <ProblemLine problem={ask.error} />}
      <Button htmlType="submit" loading={ask.isPending}>
        {t("login.send_link")}
      </Button>
    </Form>
  );
}
