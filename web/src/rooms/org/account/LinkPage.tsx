import { Button, Form } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { LanguageSwitch, ShadeSwitch } from "@ground/shell/Switches";
import css from "../org.module.css";
import { NewPasswordFields } from "./AccountPage";

/** Where a link of a mail leads: to join, or to choose a new password. What the link is worth stands behind the `#`, which no server on the way sees. */
export function LinkPage() {
  const { t, f } = useWords();
  const [token] = useState(() => window.location.hash.slice(1));
  const look = $api.useQuery("post", "/api/v1/user-links/look", { body: { token } }, { enabled: token !== "", retry: 0, staleTime: Infinity, gcTime: 0 });
  const redeem = $api.useMutation("post", "/api/v1/user-links/redeem", { retry: 0, gcTime: 0 });
  if (redeem.isSuccess) {
    return (
      <Frame>
        <Nothing kind="empty" title={t("link.done")} next={t("link.done_next")}>
          <Button type="primary" href="/">
            {t("link.sign_in")}
          </Button>
        </Nothing>
      </Frame>
    );
  }
  return (
    <Frame>
      {token === "" ? (
        <Nothing kind="problem" title={t("link.none")} next={t("link.none_next")} />
      ) : look.isPending ? (
        <BlockLoading />
      ) : look.error ? (
        look.error.status === 404 ? <Nothing kind="problem" title={t("link.none")} next={t("link.none_next")} /> : <ProblemPage problem={look.error} onRetry={() => void look.refetch()} />
      ) : (
        <>
          <h1>{t(`link.${look.data.kind}`, { tenant: look.data.tenant_name })}</h1>
          <p className="lead">
            {t("link.who", { name: look.data.display_name, username: look.data.username, role: t(`role.${look.data.role}`), until: f.moment(look.data.expires_at) })}
          </p>
          <Form<{ password: string }> layout="vertical" requiredMark={false} onFinish={({ password }) => redeem.mutate({ body: { token, password } })}>
            <input type="text" autoComplete="username" value={look.data.username} readOnly hidden />
            <NewPasswordFields />
            {redeem.error && <ProblemLine problem={redeem.error} />}
            <Button type="primary" htmlType="submit" size="large" block loading={redeem.isPending}>
              {t("link.save")}
            </Button>
          </Form>
        </>
      )}
    </Frame>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <main className={css.narrow}>
      {children}
      <footer className={css.actions}>
        <LanguageSwitch />
        <ShadeSwitch />
      </footer>
    </main>
  );
}
