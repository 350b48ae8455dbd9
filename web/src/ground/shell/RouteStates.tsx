import { Button } from "antd";
import { asProblem } from "@ground/api/problem";
import { useWords } from "@ground/i18n/Words";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";

export function NotFound() {
  const { t } = useWords();
  return (
    <main>
      <Nothing kind="empty" title={t("state.no_page")} next={t("state.no_page_next")}>
        <Button href="/">{t("state.no_page_home")}</Button>
      </Nothing>
    </main>
  );
}

/** A page that broke while drawing. A new version of the console may have replaced the files this one asks for: reload helps. */
export function RouteProblem({ error }: { error: unknown }) {
  return <ProblemPage problem={asProblem(error)} onRetry={() => window.location.reload()} />;
}
