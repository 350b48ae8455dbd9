import { getRouteApi, Link } from "@tanstack/react-router";
import { Steps } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useNarrow } from "@ground/shell/useNarrow";
import { Checked } from "./Checked";
import css from "./import.module.css";
import { Finished } from "./Finished";
import { Mapping } from "./Mapping";
import { Working } from "./Working";

type State = Schema<"ImportState">;

const route = getRouteApi("/shell/imports/$id");

const isWorking = (state: State | undefined) => state === "checking" || state === "running";
const stepOf: Record<State, number> = { read: 1, checking: 2, checked: 2, running: 3, done: 4 };

/** One file from its columns to the registry. Each step can be left and found again. */
export function ImportPage() {
  const { t, f } = useWords();
  const narrow = useNarrow();
  const { id } = route.useParams();
  const run = $api.useQuery("get", "/api/v1/imports/{id}", { params: { path: { id } } }, { refetchInterval: (query) => (isWorking(query.state.data?.state) ? 1_000 : false) });
  if (run.isPending) return <BlockLoading lines={12} />;
  if (run.error && !run.data) return <ProblemPage problem={run.error} onRetry={() => void run.refetch()} />;
  const page = run.data;
  return (
    <section className={css.page}>
      <header className={css.head}>
        <div>
          <h1>{page.file_name}</h1>
          <p className="meta">
            <Link to="/imports">{t("import.title")}</Link> · {t(`import.kind.${page.kind}`)} · {t("import.count", { rows: f.number(page.rows) })} · {f.moment(page.created_at)}
          </p>
        </div>
        <Steps className={css.steps} size="small" responsive={false} current={stepOf[page.state]} items={(["file", "columns", "check", "import"] as const).map((step) => ({ title: narrow ? "" : t(`import.step.${step}`) }))} />
      </header>
      <div className={css.body}>
        {page.state === "read" ? <Mapping page={page} /> : isWorking(page.state) ? <Working page={page} /> : page.state === "checked" ? <Checked page={page} /> : <Finished page={page} />}
      </div>
    </section>
  );
}
