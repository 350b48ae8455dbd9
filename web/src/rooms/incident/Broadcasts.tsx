import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { keyset, useRows } from "@ground/list/useKeyset";
import { Dialog } from "@ground/parts/Dialog";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./incident.module.css";

/** What all reporters were told together, and how many it reached; who and why not is one step away. */
export function Broadcasts({ page }: { page: Schema<"IncidentPage"> }) {
  const { t, f } = useWords();
  const [shown, setShown] = useState<string | null>(null);
  if (page.broadcasts.length === 0) return <p className="meta">{t("incident.not_told")}</p>;
  return (
    <ol className={css.told}>
      {page.broadcasts.map((b) => (
        <li key={b.id} data-testid="broadcast">
          <p className="meta num">
            {f.moment(b.at)} · {b.by}
          </p>
          <p className={css.words}>{b.words}</p>
          {b.done_at ? (
            <Button type="link" size="small" className={css.count} onClick={() => setShown(b.id)}>
              {t("incident.told_count", { told: b.told, suppressed: b.suppressed })}
            </Button>
          ) : (
            <span className="meta num">{t("incident.telling", { done: b.told + b.suppressed, all: page.incident.reporters })}</span>
          )}
          <p className="meta">{b.outcomes.map((o) => `${t(`telling.${o.outcome}`)} ${o.count}`).join(" · ")}</p>
        </li>
      ))}
      {shown && <Tellings id={shown} onClose={() => setShown(null)} />}
    </ol>
  );
}

function Tellings({ id, onClose }: { id: string; onClose: () => void }) {
  const { t, f } = useWords();
  const list = $api.useInfiniteQuery("get", "/api/v1/broadcasts/{id}/tellings", { params: { path: { id }, query: { limit: 100 } } }, keyset);
  const rows = useRows<Schema<"TellingRow">>(list);
  return (
    <Dialog open title={t("incident.told_whom")} onCancel={onClose} footer={null} width={640}>
      {list.isPending && <BlockLoading lines={6} />}
      {list.error && <ProblemLine problem={list.error} onRetry={() => void list.refetch()} />}
      <ul className={css.rows}>
        {rows.map((row) => (
          <li key={row.id} className={css.row}>
            <Link to="/tickets/$id" params={{ id: row.ticket_id }} className="num">
              {row.ticket_number}
            </Link>
            <span className={css.grow}>{row.subject}</span>
            <span>{row.outcome === "mail_later" ? t("telling.mail_later_at", { at: f.moment(row.send_at) }) : t(`telling_long.${row.outcome}`)}</span>
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t("incident.more")}
        </Button>
      )}
    </Dialog>
  );
}
