import { App, Button, Checkbox, Progress } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords, type Translate } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useLookAgain, type Plan, type usePlan } from "./data";
import css from "./dispatch.module.css";
import { Measured } from "./Measured";
import { heardOf } from "./hearing";
import { Told, ToldLines } from "./Told";

type Stop = Schema<"PlanStopRow">;
type Props = { query: ReturnType<typeof usePlan>; onShow: (order: string) => void; onClose: () => void };

/** A plan against the board as it is: what it costs and saves, what it would change and why, and what nobody gets. */
export function PlanPanel({ query, onShow, onClose }: Props) {
  const { t, pick, f } = useWords();
  if (query.isPending) return <BlockLoading lines={8} />;
  if (query.error) return <ProblemPage problem={query.error} onRetry={() => void query.refetch()} />;
  const { plan } = query.data;
  if (plan.state === "running") {
    return (
      <section role="status">
        <p className="lead">{t("dispatch.searching_why", { seconds: plan.seconds })}</p>
        <Progress percent={Math.floor(plan.progress / 10)} status="normal" />
        {plan.best_fen !== null && plan.best_fen !== undefined && <p className="num">{t("dispatch.best_so_far", { cost: f.money(plan.best_fen) })}</p>}
      </section>
    );
  }
  if (plan.state === "failed") return <p>{pick(plan.failure) || t("dispatch.plan_state.failed")}</p>;
  return <Found shown={query.data} onShow={onShow} onClose={onClose} />;
}

const changes = (stop: Stop) => stop.change !== "same" && stop.change !== "kept";

function Found({ shown, onShow, onClose }: { shown: Plan; onShow: (order: string) => void; onClose: () => void }) {
  const { t, pick, f } = useWords();
  const { message, modal } = App.useApp();
  const look = useLookAgain();
  const { plan } = shown;
  const path = { params: { path: { id: plan.id } } };
  const routes = shown.routes.map((route) => ({ ...route, stops: route.stops.filter(changes) })).filter((route) => route.stops.length > 0);
  const all = routes.flatMap((route) => route.stops.map((stop) => stop.order.id));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = all.filter((id) => !left.has(id));
  const open = plan.state === "proposed";
  const heard = heardOf(shown.routes, shown.unassigned, left);

  const publish = $api.useMutation("post", "/api/v1/dispatch/plans/{id}/publish", {
    onSuccess: () => {
      look();
      void message.success(t("dispatch.published", { number: plan.number }));
    },
    onError: look,
  });
  const discard = $api.useMutation("post", "/api/v1/dispatch/plans/{id}/discard", {
    onSuccess: () => {
      look();
      onClose();
    },
  });
  const ask = () =>
    modal.confirm({
      title: t("dispatch.publish_title", { number: plan.number, count: chosen.length }),
      content: (
        <>
          <p className="lead">{t("dispatch.publish_why", { engineers: routes.filter((r) => r.stops.some((s) => !left.has(s.order.id))).length })}</p>
          <ToldLines heard={heard} />
        </>
      ),
      okText: t("dispatch.publish"),
      cancelText: t("action.cancel"),
      onOk: () => publish.mutateAsync({ ...path, body: { version: plan.version, work_orders: left.size > 0 ? chosen : null } }).catch(() => {}),
    });

  return (
    <>
      <p className={`meta ${css.planMeta}`}>
        {t("dispatch.plan_meta", { state: t(`dispatch.plan_state.${plan.state}`), by: plan.made_by, at: f.moment(plan.made_at) })}
        {plan.based_on && ` · ${t("dispatch.based_on", { number: plan.based_on })}`}
      </p>
      {open && shown.outdated.length > 0 && (
        <p role="alert" className={css.notice}>
          {t("dispatch.outdated", { numbers: shown.outdated.join(t("dispatch.join")) })}
        </p>
      )}
      <Measured plan={plan} terms={shown.terms} />
      {(publish.error ?? discard.error) && <ProblemLine problem={(publish.error ?? discard.error)!} />}
      {open && (
        <div className={css.actions}>
          <Button type="primary" disabled={chosen.length === 0 || shown.outdated.length > 0} loading={publish.isPending} onClick={ask} data-testid="plan-publish">
            {t("dispatch.publish_count", { count: chosen.length })}
          </Button>
          <Button loading={discard.isPending} onClick={() => discard.mutate({ ...path, body: { version: plan.version } })}>
            {t("dispatch.discard")}
          </Button>
        </div>
      )}
      {plan.state !== "discarded" && <Told heard={heard} day={plan.date} published={plan.state === "published"} onShow={onShow} />}
      <h3 className={css.partHead}>{t(plan.state === "published" ? "dispatch.changed" : "dispatch.changes", { count: all.length })}</h3>
      {all.length === 0 && <p className="lead">{shown.unassigned.length > 0 ? t("dispatch.no_changes_nobody", { count: shown.unassigned.length }) : t("dispatch.no_changes")}</p>}
      {routes.map((route) => (
        <section key={route.engineer.id} className={css.route} aria-label={route.engineer.name}>
          <h4>{route.engineer.name}</h4>
          {route.stops.map((stop) => (
            <Change
              key={stop.order.id}
              stop={stop}
              picked={open ? !left.has(stop.order.id) : undefined}
              onPick={(on) => setLeft((was) => (on ? new Set([...was].filter((id) => id !== stop.order.id)) : new Set([...was, stop.order.id])))}
              onShow={onShow}
            />
          ))}
        </section>
      ))}
      {shown.unassigned.length > 0 && (
        <section className={css.route}>
          <h3 className={css.partHead}>{t("dispatch.nobody_gets", { count: shown.unassigned.length })}</h3>
          {shown.unassigned.map((stop) => (
            <div key={stop.order.id} className={css.change}>
              <Button type="link" size="small" onClick={() => onShow(stop.order.id)}>
                {stop.order.number}
              </Button>
              <span className={css.cut}>{stop.order.subject}</span>
              <span className="meta num">{t("dispatch.waiting_costs", { cost: f.money(stop.undone_fen) })}</span>
              <ul className={css.why}>
                {stop.order.promised && <li>{t("dispatch.promised_to", { span: f.span(stop.order.promised.from, stop.order.promised.to) })}</li>}
                {stop.why.map((reason) => (
                  <li key={reason.en}>{pick(reason)}</li>
                ))}
              </ul>
            </div>
          ))}
        </section>
      )}
    </>
  );
}

const worded = ["new", "moved", "retimed", "left"] as const;

/** The word of a change; what stays as it is has none. */
function said(change: Stop["change"], t: Translate) {
  const word = worded.find((w) => w === change);
  return word ? t(`dispatch.change.${word}`) : "";
}

type ChangeProps = { stop: Stop; picked: boolean | undefined; onPick: (on: boolean) => void; onShow: (order: string) => void };

function Change({ stop, picked, onPick, onShow }: ChangeProps) {
  const { t, pick, f } = useWords();
  const { order, planned, before, outcome } = stop;
  return (
    <div className={css.change}>
      {picked !== undefined && <Checkbox checked={picked} onChange={(event) => onPick(event.target.checked)} aria-label={t("dispatch.take", { number: order.number })} />}
      <Button type="link" size="small" onClick={() => onShow(order.id)}>
        {order.number}
      </Button>
      <span className={css.cut} title={order.subject}>
        {order.subject}
      </span>
      <span className="num">{planned && f.span(planned.from, planned.to)}</span>
      <details className={css.fold}>
        <summary>
          {said(stop.change, t)}
          {before && ` · ${t("dispatch.was", { name: before.engineer.name, span: f.span(before.planned.from, before.planned.to) })}`}
          {stop.late_minutes > 0 && ` · ${t("dispatch.late_by", { length: f.length(stop.late_minutes * 60) })}`}
          {outcome && ` · ${outcome.offered ? t("dispatch.was_offered") : pick(outcome.reason)}`}
        </summary>
        <ul className={css.why}>
          {stop.why.map((reason) => (
            <li key={reason.en}>{pick(reason)}</li>
          ))}
          {stop.alternatives.map((other) => (
            <li key={other.engineer.id} className="meta">
              {t("dispatch.alternative", { name: other.engineer.name, span: f.span(other.planned.from, other.planned.to), cost: f.money(other.extra_fen) })}
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
