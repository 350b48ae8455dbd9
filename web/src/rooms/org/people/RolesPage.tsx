import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { RowsLoading } from "@ground/parts/Loading";
import { ListPage } from "@ground/parts/ListPage";
import { ProblemPage } from "@ground/parts/ProblemView";
import { OrgNav } from "../OrgNav";
import css from "../org.module.css";

const marks = { all: "●", own: "○", none: "" } as const;
const reachOf = (word: string | undefined) => (word === "all" || word === "own" ? word : "none");

/** What each role may do, as the server itself asks: a full circle reaches all, an empty one only one's own. */
export function RolesPage() {
  const { t } = useWords();
  const matrix = $api.useQuery("get", "/api/v1/roles", {}, { staleTime: 300_000 });
  if (matrix.isPending) return <RowsLoading />;
  if (matrix.error) return <ProblemPage problem={matrix.error} onRetry={() => void matrix.refetch()} />;
  const { roles, actions } = matrix.data;
  const named = (action: string) => {
    const words = t(`act.${action}` as Key);
    return words === `act.${action}` ? action : words;
  };
  return (
    <ListPage nav={<OrgNav />} title={t("roles.title")} about={t("roles.legend")}>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={t("roles.title")}>
        <table className={css.matrix}>
          <thead>
            <tr>
              <th scope="col">{t("roles.action")}</th>
              {roles.map((role) => (
                <th key={role} scope="col">
                  {t(`role.${role}`)}
                </th>
              ))}
              <th scope="col">{t("roles.merchant")}</th>
            </tr>
          </thead>
          <tbody>
            {actions.map((row) => (
              <tr key={row.action}>
                <th scope="row" title={row.action}>
                  {named(row.action)}
                </th>
                {[...roles.map((role) => [role, reachOf(row.reach[role])] as const), ["merchant", reachOf(row.merchant)] as const].map(([role, reach]) => (
                  <td key={role} title={t(`roles.${reach}`)}>
                    <span aria-hidden>{marks[reach]}</span>
                    <span className="visually-hidden">{t(`roles.${reach}`)}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ListPage>
  );
}
