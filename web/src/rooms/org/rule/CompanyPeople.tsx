import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, useSentence } from "@ground/parts/ProblemView";
import css from "../org.module.css";

type Linked = Schema<"Linked">;

/** Who comes in by the company account. */
export function CompanyPeople() {
  const { t, f } = useWords();
  const { modal, message } = App.useApp();
  const sentence = useSentence();
  const cache = useQueryClient();
  const list = $api.useInfiniteQuery("get", "/api/v1/identity-links", { params: { query: { limit: 50 } } }, keyset);
  const rows = useRows<Linked>(list);
  const remove = $api.useMutation("delete", "/api/v1/identity-links/{id}", {
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/identity-links"] }),
    onError: (problem) => void message.error(sentence(problem)),
  });
  const ask = (row: Linked) =>
    modal.confirm({
      title: t("company.untie_title", { name: row.name }),
      content: t("company.untie_why"),
      okText: t("company.untie"),
      okButtonProps: { danger: true },
      cancelText: t("action.cancel"),
      onOk: () => remove.mutateAsync({ params: { path: { id: row.user_id } } }).catch(() => {}),
    });
  return (
    <section className={css.rules}>
      <h2>{t("company.people")}</h2>
      {list.isPending ? (
        <BlockLoading lines={3} />
      ) : list.error ? (
        <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <p className="meta">{t("company.nobody")}</p>
      ) : (
        <ul className={css.sessions}>
          {rows.map((row) => (
            <li key={row.user_id}>
              <div>
                <div>
                  {row.name} <span className="meta">{row.username}</span>
                </div>
                <div className="meta">
                  {[row.state !== "active" && t(`people.state.${row.state}`), t("company.came", { at: f.moment(row.last_at) })].filter(Boolean).join(" · ")}
                </div>
              </div>
              <Button size="small" type="text" danger onClick={() => ask(row)}>
                {t("company.untie")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("company.more")}
        </Button>
      )}
    </section>
  );
}
