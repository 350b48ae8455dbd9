import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { useWords } from "@ground/i18n/Words";
import { kept } from "@ground/kept";
import { antTheme, cssVariables, type Shade } from "./tokens";

/** What the person chose: one of the two, or as the device says. */
export type Choice = Shade | "system";

const chosen = kept<Choice>("theme", "system", (v): v is Choice => v === "light" || v === "dark" || v === "system");

const darkDevice = () => window.matchMedia("(prefers-color-scheme: dark)");

const stillDevice = () => window.matchMedia("(prefers-reduced-motion: reduce)");

function watchStillness(tell: () => void) {
  const query = stillDevice();
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
}

const ThemeContext = createContext<{ choice: Choice; shade: Shade; choose: (choice: Choice) => void }>({
  choice: "system",
  shade: "light",
  choose: () => {},
});

export const useShade = () => useContext(ThemeContext);

/** Colours, sizes and antd's language around everything. */
export function Theme({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState(chosen.read);
  const [device, setDevice] = useState<Shade>(() => (darkDevice().matches ? "dark" : "light"));
  const { lang } = useWords();
  const shade = choice === "system" ? device : choice;

  useEffect(() => {
    const query = darkDevice();
    const follow = () => setDevice(query.matches ? "dark" : "light");
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);

  useEffect(() => {
    const root = document.documentElement;
    root.dataset.shade = shade;
    root.style.colorScheme = shade;
    for (const [name, value] of Object.entries(cssVariables(shade))) root.style.setProperty(name, value);
  }, [shade]);

  const value = useMemo(() => ({ choice, shade, choose: (next: Choice) => (chosen.write(next), setChoice(next)) }), [choice, shade]);
  // Whoever asked for stillness gets it from antd itself: cutting its animations short leaves what floats outside of the page.
  const still = useSyncExternalStore(watchStillness, () => stillDevice().matches);
  const theme = useMemo(() => {
    const base = antTheme(shade);
    return { ...base, token: { ...base.token, motion: !still } };
  }, [shade, still]);
  return (
    <ThemeContext value={value}>
      <ConfigProvider theme={theme} locale={lang === "zh" ? zhCN : enUS} button={{ autoInsertSpace: false }} drawer={{ closable: { placement: "end" } }}>
        <AntApp message={{ maxCount: 2 }}>{children}</AntApp>
      </ConfigProvider>
    </ThemeContext>
  );
}
