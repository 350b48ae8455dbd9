import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import type { Problem, TicketRow } from "@api";
import { client } from "@ground/api/client";
import { useWords } from "@ground/i18n/Words";
import { useSentence } from "@ground/parts/ProblemView";
import { ColleagueSelect } from "../command/ColleagueSelect";
import { refreshLists } from "../data";
import css from "./queue.module.css";

type Result = { row: TicketRow; problem: Problem | null };

/** The same for several tickets, one after the other; each that could not be changed says why. */
export function BulkBar({ rows, onEnd }: { rows: readonly TicketRow[]; onEnd: () => void }) {
  const { t } = useWords();
  const sentence = useSentence();
  const cache = useQueryClient();
  const [to, setTo] = useState<string>();
  const [done, setDone] = useState<number | null>(null);
  const [results, setResults] = useState<Result[] | null>(null);

  const run = async (one: (row: TicketRow) => Promise<Problem | null>) => {
    const all: Result[] = [];
    for (const row of rows) {
      setDone(all.length);
      all.push({ row, problem: await one(row) });
    }
    setDone(null);
    setResults(all);
    refreshLists(cache);
  };
  const claim = (row: TicketRow) =>
    client.POST("/api/v1/tickets/{id}/claim", { params: { path: { id: row.id } }, body: { version: row.version } }).then(({ error }) => error ?? null);
  const assign = (colleague: string) => (row: TicketRow) =>
    client.POST("/api/v1/tickets/{id}/assign", { params: { path: { id: row.id } }, body: { version: row.version, to: colleague } }).then(({ error }) => error ?? null);

  if (results) {
    const failed = results.filter((r): r is { row: TicketRow; problem: Problem } => r.problem !== null);
    return (
      <div className={css.bulk} role="status">
        <span>{t("queue.bulk_result", { done: results.length - failed.length, left: failed.length })}</span>
        <Button size="small" onClick={onEnd}>
          {t("action.close")}
        </Button>
        {failed.length > 0 && (
          <ul className={css.bulkFailed}>
            {failed.map(({ row, problem }) => (
              <li key={row.id}>
                {row.number} {sentence(problem)}
              </li>
            ))}
          </ul>
        )}
      </div>
    );
  }
  const busy = done !== null;
  return (
    <div className={css.bulk} role="toolbar" aria-label={t("queue.bulk")}>
      <span className="num">{busy ? t("queue.bulk_progress", { done, all: rows.length }) : t("queue.picked", { count: rows.length })}</span>
      <Button size="small" disabled={busy} onClick={() => void run(claim)} data-testid="bulk-claim">
        {t("queue.bulk_claim")}
      </Button>
      <ColleagueSelect value={to} onChange={setTo} size="small" />
      <Button size="small" disabled={busy || !to} onClick={() => to && void run(assign(to))} data-testid="bulk-assign">
        {t("queue.bulk_assign")}
      </Button>
      <Button size="small" type="text" disabled={busy} onClick={onEnd}>
        {t("queue.bulk_cancel")}
      </Button>
    </div>
  );
}
