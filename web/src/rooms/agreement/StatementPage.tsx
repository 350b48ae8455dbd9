import { ArrowLeftOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Popconfirm, Segmented } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./agreement.module.css";
import { Clauses } from "./Clauses";
import { useAfter, useStatement, type Page } from "./data";
import { ExcludeDialog } from "./ExcludeDialog";
import { Lines } from "./Lines";
import { Disputes, Exclusions, Versions } from "./Said";
import { share } from "./share";

const route = getRouteApi("/shell/statements/$id");

/** One statement: what it comes to, by which clause, line by line; what was left out, what is disputed, and every version. */
export function StatementPage() {
  const { id } = route.useParams();
  const { version } = route.useSearch();
  const statement = useStatement(id, version);
  if (statement.isPending) return <BlockLoading lines={12} />;
  if (statement.error && !statement.data) return <ProblemPage problem={statement.error} onRetry={() => void statement.refetch()} />;
  return <Whole page={statement.data} />;
}

function Whole({ page }: { page: Page }) {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const { view = "late" } = route.useSearch();
  const [excluding, setExcluding] = useState(false);
  const go = (next: { version?: number; view?: typeof view }) => void navigate({ to: "/statements/$id", params: { id: page.id }, search: next, replace: true });
  const sign = $api.useMutation(
    "post",
    "/api/v1/statements/{id}/sign",
    useAfter(() => go({})),
  );
  const { total, shown, signed } = page;
  const waiting = page.exclusions.filter((e) => !e.signed_in).length;
  const works = may("statement.work");
  return (
    <div className={css.page}>
      <header className={css.head}>
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t("statement.back")} title={t("statement.back")} onClick={() => void navigate({ to: "/statements" })} />
        <h1>
          <span className="num">{page.month}</span> {page.acquirer_name} · {pick(page.agreement_name)}
        </h1>
        {page.versions.length > 0 && (
          <Segmented
            value={shown}
            onChange={(version) => go({ view, ...(version !== signed && { version }) })}
            options={page.versions.map((v) => ({ value: v.version, label: t("statement.v", { n: v.version }) }))}
            aria-label={t("statement.version")}
            data-testid="statement-versions"
          />
        )}
        {works && (
          <div className={css.commands}>
            <Button onClick={() => setExcluding(true)} data-testid="statement-exclude">
              {t("statement.exclude")}
            </Button>
            {page.ended && (signed === 0 || waiting > 0) && (
              <Popconfirm title={t("statement.sign_sure", { n: signed + 1 })} okText={t("statement.sign")} cancelText={t("action.cancel")} onConfirm={() => sign.mutate({ params: { path: { id: page.id } }, body: { version: page.version } })}>
                <Button type="primary" loading={sign.isPending} data-testid="statement-sign">
                  {t("statement.sign_v", { n: signed + 1 })}
                </Button>
              </Popconfirm>
            )}
          </div>
        )}
      </header>
      {sign.error && <ProblemLine problem={sign.error} />}
      <p className={css.standing}>
        {shown === 0 ? <strong>{t(page.ended ? "statement.preview_ended" : "statement.preview_running")}</strong> : <strong>{t("statement.signed_by", { n: shown, who: page.versions[shown - 1]?.signed_name ?? "", at: f.moment(page.versions[shown - 1]?.signed_at ?? "") })}</strong>}
        {shown > 0 && shown < signed && <span className={css.old}>{t("statement.older", { n: signed })}</span>}
        {waiting > 0 && shown > 0 && <span className={css.old}>{t("statement.waiting", { count: waiting })}</span>}
      </p>
      <dl className={css.figures} data-testid="statement-figures">
        <Figure name={t("statement.attainment")} value={share(f, total)} />
        <Figure name={t("statement.late")} value={f.number(total.late)} />
        <Figure name={t("statement.left_out")} value={f.number(total.left_out)} />
        <Figure name={t("statement.penalty")} value={f.money(total.penalty)} strong />
      </dl>
      <div className={css.columns}>
        <section className={css.main}>
          <Clauses page={page} />
          <Lines page={page} view={view} onView={(next) => go({ view: next, ...(shown !== signed && { version: shown }) })} />
        </section>
        <section className={css.side}>
          <Exclusions page={page} />
          <Disputes page={page} />
          <Versions page={page} />
        </section>
      </div>
      {excluding && <ExcludeDialog page={page} onClose={() => setExcluding(false)} />}
    </div>
  );
}

function Figure({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <div>
      <dt className="meta">{name}</dt>
      <dd className={`num ${strong ? css.strong : ""}`}>{value}</dd>
    </div>
  );
}
