import { GlobalOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { useShade } from "@ground/theme/Theme";

/** Names the other language in that language, so that its readers find it. */
export function LanguageSwitch() {
  const { lang, t, switchTo } = useWords();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <Button type="text" icon={<GlobalOutlined />} lang={other} onClick={() => void switchTo(other)} data-testid="switch-language">
      {t(`lang.${other}`)}
    </Button>
  );
}

export function ShadeSwitch() {
  const { t } = useWords();
  const { shade, choose } = useShade();
  const dark = shade === "dark";
  return (
    <Button type="text" icon={dark ? <SunOutlined /> : <MoonOutlined />} onClick={() => choose(dark ? "light" : "dark")} data-testid="switch-shade">
      {t(dark ? "shell.light" : "shell.dark")}
    </Button>
  );
}
