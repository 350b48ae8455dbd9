import { RightOutlined, WarningFilled } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./facts.module.css";

/** What can be changed without code: sets of facts, guides, and who may do what. */
export function AdminPage() {
  const { t } = useWords();
  const { may } = useSession();
  const sets = $api.useQuery("get", "/api/v1/facts/sets");
  return (
    <ListPage title={t("admin.title")} about={t("admin.lead")}>
      {sets.isPending ? (
        <RowsLoading />
      ) : sets.error ? (
        <ProblemPage problem={sets.error} onRetry={() => void sets.refetch()} />
      ) : (
        <div className={css.scroll}>
          <h2 className={css.group}>{t("admin.facts")}</h2>
          <ul className={css.cards}>
            {sets.data.items.map((card) => (
              <li key={card.kind}>
                <Link to="/admin/facts/$kind" params={{ kind: card.kind }} className={css.card} data-testid={`card-${card.kind}`}>
                  <Title name={t(`facts.kind.${card.kind}`)} badge={card.draft && t("admin.draft")} />
                  <span className={css.about}>{t(`facts.about.${card.kind}`)}</span>
                  <Counts card={card} />
                  {card.unofficial_years.length > 0 && (
                    <span className={css.amber}>
                      <WarningFilled /> {t("facts.unofficial", { years: card.unofficial_years.join(t("list.comma")) })}
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
          {may("guide.edit") && (
            <>
              <h2 className={css.group}>{t("admin.knowledge")}</h2>
              <ul className={css.cards}>
                <li>
                  <Link to="/admin/guides" className={css.card} data-testid="card-guides">
                    <Title name={t("library.title")} />
                    <span className={css.about}>{t("library.about_page")}</span>
                  </Link>
                </li>
              </ul>
            </>
          )}
          <h2 className={css.group}>{t("admin.people")}</h2>
          <ul className={css.cards}>
            {may("org.read") && (
              <li>
                <Link to="/people/roles" className={css.card}>
                  <Title name={t("roles.title")} />
                  <span className={css.about}>{t("admin.roles_about")}</span>
                </Link>
              </li>
            )}
            {may("identity.manage") && (
              <li>
                <Link to="/people/company-account" className={css.card} data-testid="card-company">
                  <Title name={t("company.title")} />
                  <span className={css.about}>{t("company.about")}</span>
                </Link>
              </li>
            )}
            {may("audit.read") && (
              <li>
                <Link to="/audit" className={css.card}>
                  <Title name={t("audit.title")} />
                  <span className={css.about}>{t("admin.audit_about")}</span>
                </Link>
              </li>
            )}
          </ul>
        </div>
      )}
    </ListPage>
  );
}

function Title({ name, badge }: { name: string; badge?: ReactNode }) {
  return (
    <span className={css.cardTitle}>
      <strong>{name}</strong>
      {badge && <span className={css.badge}>{badge}</span>}
      <RightOutlined aria-hidden />
    </span>
  );
}

function Counts({ card }: { card: Schema<"FactSetCard"> }) {
  const { t, f } = useWords();
  const said = [t("admin.rows", { count: card.rows }), card.changed > 0 && t("admin.changed", { count: card.changed }), card.off > 0 && t("admin.off", { count: card.off })].filter(Boolean);
  return (
    <span className="meta">
      {said.join(" · ")}
      <br />
      {card.published ? t("admin.published", { version: card.published.version, by: card.published.by, at: f.moment(card.published.at) }) : t("admin.shipped")}
    </span>
  );
}
