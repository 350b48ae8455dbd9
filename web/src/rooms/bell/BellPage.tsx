import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { useRows } from "@ground/list/useKeyset";
import { ListPage } from "@ground/parts/ListPage";
import { RowsLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import css from "./bell.module.css";
import { BellLine } from "./BellLine";
import { useBells, useRead, useUnread, type Bell } from "./data";

/** Everything one was told of in the last ninety days. */
export function BellPage() {
  const { t } = useWords();
  const list = useBells(50);
  const unread = useUnread(true).data?.unread ?? 0;
  const read = useRead();
  const rows = useRows<Bell>(list);
  return (
    <ListPage
      title={t("bell.title")}
      tools={
        rows.length > 0 && (
          <Button disabled={unread === 0} loading={read.isPending} onClick={() => read.mutate({ body: {} })}>
            {t("bell.read_all")}
          </Button>
        )
      }
    >
      {list.isPending ? (
        <RowsLoading />
      ) : list.error ? (
        <ProblemPage problem={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Nothing kind="empty" title={t("bell.none")} next={t("bell.none_next")} />
      ) : (
        <div className={css.list}>
          {rows.map((bell) => (
            <BellLine key={bell.id} bell={bell} onOpen={() => !bell.read_at && read.mutate({ body: { id: bell.id } })} />
          ))}
          {list.hasNextPage && (
            <Button type="text" block loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("bell.more")}
            </Button>
          )}
        </div>
      )}
    </ListPage>
  );
}
