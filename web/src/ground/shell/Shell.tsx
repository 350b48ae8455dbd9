import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { ConfigProvider } from "antd";
import { useEffect } from "react";
import { KeySheet } from "@ground/keys/KeySheet";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { Nothing } from "@ground/parts/Nothing";
import { useNews } from "@ground/live/useNews";
import { SessionGate, useSession } from "@ground/session/Session";
import { phoneTheme } from "@ground/theme/tokens";
import { OfflineBar } from "./OfflineBar";
import { isOpen, isWithin, rail, railFor } from "./rail";
import { Rail } from "./Rail";
import css from "./shell.module.css";
import { useNarrow } from "./useNarrow";
import { TopBar } from "./TopBar";

/** Around every page: top bar, rail, and the page. */
export function Shell() {
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  );
}

function Frame() {
  const { t } = useWords();
  const session = useSession();
  const narrow = useNarrow();
  const router = useRouter();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const items = railFor(session);
  useNews();
  const here = rail().find((item) => isWithin(item, path));

  useEffect(() => {
    document.title = here ? `${t(here.name)} · Postsale` : "Postsale";
  }, [here, t]);

  // Whoever came by a key goes on by keys: the page that has come takes the focus that went with the one before.
  const shown = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.getElementById("page")?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [shown]);

  const go: KeyMap = {};
  for (const item of items) if (item.key) go[`g ${item.key}`] = () => void router.navigate({ to: item.to });
  useKeys(go);

  // Until a second factor their role needs is set up, nothing but their own account is open to somebody.
  const owed = session.me.factor_owed && path !== "/account";
  useEffect(() => {
    if (owed) void router.navigate({ to: "/account", replace: true });
  }, [owed, router]);

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#page">
        {t("shell.skip")}
      </a>
      <TopBar />
      <KeySheet />
      <Rail items={items} here={here} narrow={narrow} />
      <main id="page" className={css.page} tabIndex={-1}>
        <OfflineBar />
        <ConfigProvider theme={narrow ? phoneTheme : {}}>
          {owed ? null : here && !isOpen(here, path, session.may) ? <Nothing kind="forbidden" title={t("state.forbidden")} next={t("state.forbidden_next")} /> : <Outlet />}
        </ConfigProvider>
      </main>
    </div>
  );
}
