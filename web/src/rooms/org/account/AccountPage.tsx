import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { KeySettings } from "@ground/keys/KeySettings";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "../org.module.css";
import { Sessions } from "../people/Sessions";
import { SecondFactor } from "./SecondFactor";

/** One's own account: password, codes, and where one is signed in. */
export function AccountPage() {
  const { t } = useWords();
  const { me } = useSession();
  return (
    <div className={css.scroll}>
      <div className={css.narrow}>
        <h1>{t("account.title")}</h1>
        <p className="lead">
          {me.display_name} · {me.username} · {t(`role.${me.role}`)}
        </p>
        {me.factor_owed && (
          <p role="status" className={css.notice}>
            {t("factor.owed")}
          </p>
        )}
        {me.factor_owed && <SecondFactor />}
        <Password />
        {!me.factor_owed && <SecondFactor />}
        <OwnSessions />
        <section className={css.part} id="keys">
          <h2>{t("keys.settings")}</h2>
          <KeySettings />
        </section>
      </div>
    </div>
  );
}

type Typed = Schema<"NewPassword"> & { again: string };

function Password() {
  const { t } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<Typed>();
  const cache = useQueryClient();
  const change = $api.useMutation("post", "/api/v1/me/password", {
    retry: 0,
    onSuccess: () => {
      form.resetFields();
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/me/sessions"] });
      void message.success(t("account.password_changed"));
    },
  });
  return (
    <section className={css.part}>
      <h2>{t("account.password")}</h2>
      <p className="lead">{t("account.password_why")}</p>
      <Form<Typed> form={form} layout="vertical" requiredMark={false} onFinish={({ current, password }) => change.mutate({ body: { current, password } })}>
        <Form.Item name="current" label={t("account.current")} rules={[{ required: true, message: t("login.password_missing") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <NewPasswordFields />
        {change.error && <ProblemLine problem={change.error} />}
        <Button htmlType="submit" loading={change.isPending}>
          {t("account.password_change")}
        </Button>
      </Form>
    </section>
  );
}

/** A new password twice. Only whether both are the same is judged here; what is good enough, the server says. */
export function NewPasswordFields() {
  const { t } = useWords();
  return (
    <>
      <Form.Item name="password" label={t("account.new")} rules={[{ required: true, message: t("account.new_missing") }]} extra={t("account.new_shape")}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("account.again")}
        dependencies={["password"]}
        rules={[({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error(t("account.differs")))) })]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}

function OwnSessions() {
  const { t } = useWords();
  const cache = useQueryClient();
  const sessions = $api.useQuery("get", "/api/v1/me/sessions");
  const look = { onSuccess: () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/me/sessions"] }) };
  const one = $api.useMutation("delete", "/api/v1/me/sessions/{id}", look);
  const others = $api.useMutation("delete", "/api/v1/me/sessions", look);
  if (sessions.isPending) return <BlockLoading />;
  if (sessions.error) return <ProblemLine problem={sessions.error} onRetry={() => void sessions.refetch()} />;
  return (
    <section className={css.part}>
      <h2>{t("people.sessions", { count: sessions.data.items.length })}</h2>
      <Sessions
        items={sessions.data.items}
        end={(session) =>
          !session.current && (
            <Button size="small" loading={one.isPending && one.variables.params.path.id === session.id} onClick={() => one.mutate({ params: { path: { id: session.id } } })}>
              {t("account.end")}
            </Button>
          )
        }
      />
      {(one.error ?? others.error) && <ProblemLine problem={(one.error ?? others.error)!} />}
      {sessions.data.items.length > 1 && (
        <Button loading={others.isPending} onClick={() => others.mutate({})}>
          {t("account.end_others")}
        </Button>
      )}
    </section>
  );
}
