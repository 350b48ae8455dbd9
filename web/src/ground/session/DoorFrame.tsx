import type { ReactNode } from "react";
import { useWords } from "@ground/i18n/Words";
import { LanguageSwitch, ShadeSwitch } from "@ground/shell/Switches";
import css from "./login.module.css";

/** What stands around the door: whose house it is, language, shade. */
export function DoorFrame({ children }: { children: ReactNode }) {
  const { t } = useWords();
  return (
    <main className={css.page}>
      <section className={css.panel}>
        <header className={css.head}>
          <img src="/favicon.svg" alt="" width={32} height={32} />
          <div>
            <h1>Postsale</h1>
            <p>{t("login.subtitle")}</p>
          </div>
        </header>
        {children}
      </section>
      <footer className={css.foot}>
        <LanguageSwitch />
        <ShadeSwitch />
      </footer>
    </main>
  );
}
