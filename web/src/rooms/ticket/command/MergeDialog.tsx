import { useNavigate } from "@tanstack/react-router";
import { Radio, Select } from "antd";
import { useDeferredValue, useState } from "react";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { ChannelLabel } from "@ground/labels/Labels";
import { BackLine } from "@ground/parts/BackLine";
import { Dialog } from "@ground/parts/Dialog";
import { useLeftState } from "@ground/parts/left";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useAfterCommand, useForgetTickets, useSearch, useSimilar } from "../data";
import { StateLabel } from "../labels";
import css from "./merge.module.css";

const testId = { "data-testid": "command-submit" };

type Props = { page: TicketPage; onClose: () => void };
type Way = "away" | "here";

/** Two tickets that are one: both threads side by side, the clocks that would result, and what follows, before anything is done. */
export function MergeDialog({ page, onClose }: Props) {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const forget = useForgetTickets();
  const { ticket } = page;
  const { typed, set, back, keep, anew } = useLeftState<{ other: string | null; way: Way }>(`${ticket.id} merge`, { other: null, way: "here" });
  const { other, way } = typed;
  const [loser, survivor] = way === "away" ? [ticket.id, other ?? ""] : [other ?? "", ticket.id];
  const preview = $api.useQuery("get", "/api/v1/tickets/{id}/merge-preview", { params: { path: { id: loser }, query: { into: survivor } } }, { enabled: other !== null, retry: false });
  const after = useAfterCommand((merged) => {
    forget();
    onClose();
    if (merged.ticket.id !== ticket.id) void navigate({ to: "/tickets/$id", params: { id: merged.ticket.id } });
  });
  const run = $api.useMutation("post", "/api/v1/tickets/{id}/merge", { ...after, onError: (problem) => (after.onError(problem), void preview.refetch()) });
  const it = preview.data;
  const ready = it !== undefined && it.refused == null && !preview.isFetching;
  return (
    <Dialog
      open
      closable={false}
      title={`${ticket.number} ${t("merge.title")}`}
      okText={it ? t("merge.submit", { loser: it.loser.ticket.number, survivor: it.survivor.ticket.number }) : t("merge.submit_none")}
      cancelText={t("action.cancel")}
      okButtonProps={{ disabled: !ready, ...testId }}
      confirmLoading={run.isPending}
      onOk={() =>
        it && run.mutate({ params: { path: { id: it.loser.ticket.id } }, body: { version: it.loser.ticket.version, into: it.survivor.ticket.id, into_version: it.survivor.ticket.version } })
      }
      onCancel={() => {
        keep();
        onClose();
      }}
      mask={{ closable: false }}
      width={920}
      destroyOnHidden
    >
      <div className={css.choice}>
        <TicketSelect page={page} which={t("merge.which")} value={other} onChange={(id) => set({ other: id })} />
        <Radio.Group
          value={way}
          onChange={(event) => set({ way: event.target.value as Way })}
          options={(["here", "away"] as const).map((value) => ({ value, label: t(`merge.${value}`, { number: ticket.number }) }))}
        />
      </div>
      <BackLine back={back} onAnew={anew} />
      {other === null && <p className="meta">{t("merge.choose_first")}</p>}
      {other !== null && preview.isPending && <BlockLoading lines={6} />}
      {preview.error && <ProblemLine problem={preview.error} />}
      {it && (
        <>
          {it.refused && (
            <p role="alert" className={css.refused} data-testid="merge-refused">
              {pick(it.refused.sentence)}
            </p>
          )}
          <div className={css.sides}>
            <Thread side={it.loser} part="loser" />
            <Thread side={it.survivor} part="survivor" />
          </div>
          <section className={css.result}>
            <h3>{t("merge.clocks", { number: it.survivor.ticket.number })}</h3>
            <p className={css.clocks}>
              {it.clocks.map((clock) => (
                <ClockBadge key={clock.kind} clock={clock} named />
              ))}
            </p>
            <h3>{t("merge.consequences")}</h3>
            <ul>
              {it.consequences.map((line) => (
                <li key={line.zh}>{pick(line)}</li>
              ))}
            </ul>
          </section>
        </>
      )}
      {run.error && run.error.code !== "stale" && <ProblemLine problem={run.error} />}
      {run.error?.code === "stale" && <p role="alert">{t("stale.sentence")}</p>}
    </Dialog>
  );
}

function Thread({ side, part }: { side: Schema<"MergeSide">; part: "loser" | "survivor" }) {
  const { t, f, pick } = useWords();
  const { ticket } = side;
  return (
    <section className={css.side} data-role={part}>
      <header>
        <strong className="num">{ticket.number}</strong> <span className={css.role}>{t(`merge.${part}`)}</span> <StateLabel state={ticket.state} />
        <div className="meta">
          <ChannelLabel channel={ticket.channel} /> {side.contact_name ?? t("fact.unknown_contact")} {ticket.merchant_name ?? t("fact.unknown_merchant")}
        </div>
        <div className="meta num">{t("merge.first_contact", { at: f.moment(side.first_contact_at ?? ticket.opened_at) })}</div>
      </header>
      <ol>
        {side.thread.map((line) => (
          <li key={line.id}>
            <span className="meta num">{f.moment(line.at)}</span> {line.body ?? pick(line.event?.sentence)}
          </li>
        ))}
      </ol>
      {side.lines > side.thread.length && <p className="meta">{t("merge.more_lines", { count: side.lines - side.thread.length })}</p>}
    </section>
  );
}

type SelectProps = { page: TicketPage; which: string; value: string | null; onChange: (id: string | null) => void };

/** Another ticket: those of the same terminal or merchant at once, any other by number, phone or name. */
export function TicketSelect({ page, which, value, onChange }: SelectProps) {
  const { t, f } = useWords();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const found = useSearch(q.length >= 2 ? q : "");
  const similar = useSimilar(page.ticket.id);
  const near = (similar.data?.items ?? []).filter((other) => !other.closed_at).map((other) => ({ value: other.id, label: `${other.number} ${other.subject} · ${t(`alike.${other.why}`)} · ${f.moment(other.opened_at)}` }));
  const searched = (found.data?.items ?? [])
    .filter((row) => row.id !== page.ticket.id && !row.closed_at && !near.some((other) => other.value === row.id))
    .map((row) => ({ value: row.id, label: `${row.number} ${row.subject} · ${row.merchant_name ?? t("fact.unknown_merchant")} · ${f.moment(row.opened_at)}` }));
  return (
    <Select
      value={value}
      onChange={onChange}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={found.isFetching}
      placeholder={which}
      aria-label={which}
      notFoundContent={q.length >= 2 ? t("merge.none_found") : t("merge.type")}
      options={[...near, ...searched]}
      data-testid="other-ticket"
      className={css.select}
    />
  );
}
