import { LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { useNews } from "@ground/live/useNews";
import { Nothing } from "@ground/parts/Nothing";
import { SessionGate, useSession } from "@ground/session/Session";
import { OfflineBar } from "@ground/shell/OfflineBar";
import { LanguageSwitch, ShadeSwitch } from "@ground/shell/Switches";
import { useShade } from "@ground/theme/Theme";
import css from "./field.module.css";
import { Gone } from "./Gone";
import { Sheet } from "./Sheet";

/** Around the pages of an engineer: one line on top, the page, and its main button within the thumb's reach. */
export function FieldFrame() {
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  );
}

function Frame() {
  const { t } = useWords();
  const { me, may } = useSession();
  const { choice, choose } = useShade();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // A visit that is called off is told while its engineer still stands at the door of the car.
  useNews();

  // Out in the sun a dark screen is a mirror: light until the engineer says otherwise.
  useEffect(() => {
    if (choice === "system") choose("light");
  }, [choice, choose]);
  // The pages of an engineer open in a basement, too.
  useEffect(() => {
    if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
  }, []);
  useEffect(() => {
    document.title = `${t("field.title")} · Postsale`;
  }, [t]);

  return (
    <div className={css.frame}>
      <header className={css.bar}>
        {path === "/field" ? (
          <span className={css.brand}>
            <img src="/favicon.svg" alt="" width={24} height={24} />
            {me.tenant_name}
          </span>
        ) : (
          <Link to="/field" className={css.back}>
            <span aria-hidden>‹</span> {t("field.today")}
          </Link>
        )}
        <Me />
      </header>
      <OfflineBar />
      {may("visit.work") && may("bell.read") && <Gone />}
      {may("visit.work") ? <Outlet /> : <Nothing kind="forbidden" title={t("field.not_engineer")} next={t("field.not_engineer_next", { role: t(`role.${me.role}`) })} />}
    </div>
  );
}

function Me() {
  const { t } = useWords();
  const { me, leave } = useSession();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="text" className={css.barButton} icon={<UserOutlined />} onClick={() => setOpen(true)} data-testid="me">
        {me.display_name}
      </Button>
      <Sheet open={open} title={`${me.display_name} · ${t(`role.${me.role}`)}`} onClose={() => setOpen(false)}>
        <div className={css.menu}>
          <LanguageSwitch />
          <ShadeSwitch />
          <Button type="text" icon={<LogoutOutlined />} onClick={() => void leave()}>
            {t("shell.leave")}
          </Button>
        </div>
      </Sheet>
    </>
  );
}
