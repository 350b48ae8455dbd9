import { Navigate } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import { Nothing } from "@ground/parts/Nothing";
import { useSession } from "@ground/session/Session";
import { railFor } from "@ground/shell/rail";

/** Everybody starts where their work is: the room made for their role, else the first they may open. */
export function HomePage() {
  const { t } = useWords();
  const session = useSession();
  const { me } = session;
  const mine = railFor(session);
  const first = mine.find((item) => item.homeOf?.includes(me.role)) ?? mine[0];
  if (first) return <Navigate to={first.to} replace />;
  return <Nothing kind="forbidden" title={t("home.nothing")} next={t("home.nothing_next", { role: t(`role.${me.role}`) })} />;
}
