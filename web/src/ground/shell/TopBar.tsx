import { DownOutlined, GlobalOutlined, LogoutOutlined, MoonOutlined, SunOutlined, UserOutlined } from "@ant-design/icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { useWords } from "@ground/i18n/Words";
import { PaletteHost } from "@ground/palette/PaletteHost";
import { useSession } from "@ground/session/Session";
import { useShade } from "@ground/theme/Theme";
import css from "./shell.module.css";
import { topTools } from "./topTools";

/** Whose house this is, and who I am in it. */
export function TopBar() {
  const { t, lang, switchTo } = useWords();
  const { me, leave } = useSession();
  const navigate = useNavigate();
  const { shade, choose } = useShade();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <header className={css.top}>
      <Link to="/" className={css.brand}>
        <img src="/favicon.svg" alt="" width={24} height={24} />
        <span>{me.tenant_name}</span>
      </Link>
      <div className={css.topMiddle}>
        <PaletteHost />
      </div>
      {topTools().map((Tool, i) => (
        <Tool key={i} />
      ))}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "who", disabled: true, label: `${me.display_name} · ${t(`role.${me.role}`)}` },
            { key: "account", icon: <UserOutlined />, label: t("account.title"), onClick: () => void navigate({ to: "/account" }) },
            { type: "divider" },
            { key: "shade", icon: shade === "dark" ? <SunOutlined /> : <MoonOutlined />, label: t(shade === "dark" ? "shell.light" : "shell.dark"), onClick: () => choose(shade === "dark" ? "light" : "dark") },
            { key: "lang", icon: <GlobalOutlined />, label: t(`lang.${other}`), onClick: () => void switchTo(other) },
            { type: "divider" },
            { key: "leave", icon: <LogoutOutlined />, label: t("shell.leave"), onClick: () => void leave() },
          ],
        }}
      >
        <button type="button" className={css.me} data-testid="me">
          <span className={css.meName}>{me.display_name}</span>
          <span className={css.meRole}>{t(`role.${me.role}`)}</span>
          <DownOutlined aria-hidden />
        </button>
      </Dropdown>
    </header>
  );
}
