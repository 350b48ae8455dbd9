import { Button } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { OrderStateLabel } from "@ground/labels/Labels";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { Nothing } from "@ground/parts/Nothing";
import { useSession } from "@ground/session/Session";
import { CallOffDialog } from "../command/CallOffDialog";
import css from "./facts.module.css";
import { TestResults } from "./TestResults";
import { useNamed } from "./useNamed";

/** The visits of a case: what was promised, what is planned, what happened, as three pairs. */
export function VisitFacts({ page }: { page: TicketPage }) {
  const { t } = useWords();
  const { work_orders } = page;
  if (work_orders.length === 0) return <Nothing kind="empty" title={t("fact.no_visit")} next={t("fact.no_visit_next")} />;
  return (
    <>
      {work_orders.map((order) => (
        <Order key={order.id} page={page} order={order} />
      ))}
    </>
  );
}

/** States in which nobody is at the shop yet. */
const ahead: readonly string[] = ["open", "offered", "accepted", "travelling"];

function Order({ page, order }: { page: TicketPage; order: Schema<"WorkOrderRow"> }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [ending, setEnding] = useState(false);
  const named = useNamed();
  const span = (pair: { from?: string | null; to?: string | null } | null | undefined) =>
    !pair?.from ? "—" : pair.to ? f.span(pair.from, pair.to) : t("fact.from_on", { at: f.moment(pair.from) });
  return (
    <section className={css.section} data-testid="visit-facts">
      <h3>
        <CopyNumber value={order.number} /> <OrderStateLabel state={order.state} />
      </h3>
      <dl className={css.list} style={{ padding: 0 }}>
        <dt>{t("fact.engineer")}</dt>
        <dd>{order.engineer?.name ?? t("next.nobody")}</dd>
        <dt>{t("fact.promised")}</dt>
        <dd>{span(order.promised)}</dd>
        <dt>{t("fact.planned")}</dt>
        <dd>
          {span(order.planned)}
          {order.misses && <div>{t("dispatch.misses", { due: f.moment(order.misses) })}</div>}
        </dd>
        <dt>{t("fact.actual")}</dt>
        <dd>{span(order.actual)}</dd>
        <dt>{t("fact.visit_why")}</dt>
        <dd>
          {t(`visit_reason.${order.reason_code}`)}
          {order.reason && <div className={css.dim}>{order.reason}</div>}
        </dd>
        <dt>{t("command.skills")}</dt>
        <dd>{named.skills(order.skills) || "—"}</dd>
        <dt>{t("command.parts")}</dt>
        <dd>{named.parts(order.parts) || "—"}</dd>
        {order.access_note && (
          <>
            <dt>{t("field.access")}</dt>
            <dd>{order.access_note}</dd>
          </>
        )}
      </dl>
      {may("visit.read") && order.actual.from && <TestResults order={order.id} />}
      {may("visit.open") && ahead.includes(order.state) && (
        <p className={css.foot}>
          <Button onClick={() => setEnding(true)} data-testid="call-off">
            {t("command.call_off")}
          </Button>
        </p>
      )}
      {ending && <CallOffDialog page={page} order={order} onClose={() => setEnding(false)} />}
    </section>
  );
}
