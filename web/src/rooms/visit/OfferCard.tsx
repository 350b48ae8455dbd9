import { Link } from "@tanstack/react-router";
import { App, Button, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { ReasonChips } from "./ReasonChips";
import { Sheet } from "./Sheet";
import { usePartNames } from "./usePartNames";
import { useCommand, useVisit } from "./useVisit";

/** Somebody asks whether one can go: enough to decide by, and the two answers. */
export function OfferCard({ row }: { row: Schema<"WorkOrderRow"> }) {
  const { t, f } = useWords();
  const name = usePartNames();
  const visit = useVisit(row.id);
  return (
    <article className={css.card}>
      <header className={css.cardHead}>
        <strong className="num">{row.planned && f.span(row.planned.from, row.planned.to)}</strong>
        {row.clock && <ClockBadge clock={row.clock} />}
      </header>
      <h3 className={css.cardTitle}>
        <Link to="/field/orders/$id" params={{ id: row.id }}>
          {t("field.job_title", { kind: t(`order_kind.${row.kind}`), subject: row.subject })}
        </Link>
      </h3>
      <p className={css.plain}>
        {row.store_name || row.merchant_name}
        {row.address && ` · ${row.address}`}
      </p>
      {row.parts.length > 0 && (
        <p className={css.bring}>
          <span className="meta">{t("field.bring")}</span> {row.parts.map(name).join(t("field.list_join"))}
        </p>
      )}
      <OfferAnswer id={row.id} ready={visit.data !== undefined} />
    </article>
  );
}

/** Take it on, or say no with a reason; the reason goes to dispatch, not to the merchant. */
export function OfferAnswer({ id, ready, main = false }: { id: string; ready: boolean; main?: boolean }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const accept = useCommand(id, "accept", () => void message.success(t("field.accepted")));
  const refuse = useCommand(id, "refuse", () => {
    setRefusing(false);
    void message.success(t("field.refused"));
  });
  return (
    <>
      {accept.error && <ProblemLine problem={accept.error} />}
      <div className={css.two}>
        <Button className={main ? css.main : css.big} disabled={!ready || accept.isPending} onClick={() => setRefusing(true)}>
          {t("field.refuse")}
        </Button>
        <Button type={main ? "primary" : "default"} className={main ? css.main : css.big} disabled={!ready} loading={accept.isPending} onClick={() => accept.mutate({})}>
          {t("field.accept")}
        </Button>
      </div>
      <Sheet
        open={refusing}
        title={t("field.refuse_title")}
        onClose={() => setRefusing(false)}
        foot={
          <Button type="primary" block className={css.main} disabled={!reason.trim()} loading={refuse.isPending} onClick={() => refuse.mutate({ reason: reason.trim() })}>
            {t("field.refuse_send")}
          </Button>
        }
      >
        <ReasonChips name="refuse" onPick={setReason} />
        <Input.TextArea size="large" aria-label={t("field.reason")} value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2 }} maxLength={500} placeholder={t("field.refuse_hint")} />
        {refuse.error && <ProblemLine problem={refuse.error} />}
      </Sheet>
    </>
  );
}
