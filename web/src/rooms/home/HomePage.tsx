import { Navigate } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import { Nothing } from "@ground/parts/Nothing";
import { useSession } from "@ground/session/Session";
import { rail } from "@ground/shell/rail";

/** Everybody starts where their work is: the first room they may open. */
export function HomePage() {
  const { t } = useWords();
  const { may, me } = useSession();
  const first = rail().find((item) => may(item.needs));
  if (first) return <Navigate to={first.to} replace />;
  return <Nothing kind="forbidden" title={t("home.nothing")} next={t("home.nothing_next", { role: t(`role.${me.role}`) })} />;
}
