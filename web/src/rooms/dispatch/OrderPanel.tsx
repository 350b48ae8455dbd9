import { PushpinFilled, PushpinOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { App, Button, Input } from "antd";
import { useId, useState } from "react";
import type { Problem } from "@api";
import { $api } from "@ground/api/query";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { OrderStateLabel, PriorityLabel } from "@ground/labels/Labels";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { Kbd } from "@ground/parts/Kbd";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useNamed } from "@rooms/ticket/page/useNamed";
import { Asking } from "./Asking";
import { useAfterCommand, useOrder, type Dropped, type Page } from "./data";
import css from "./dispatch.module.css";
import { WhyModal } from "./WhyModal";

/** One order on the board: the three pairs of times, whom to ask and why, and taking it back. */
export function OrderPanel({ id, date, dropped }: { id: string; date: string; dropped?: Dropped }) {
  const order = useOrder(id);
  if (order.isPending) return <BlockLoading lines={8} />;
  if (order.error) return <ProblemPage problem={order.error} onRetry={() => void order.refetch()} />;
  return <Order page={order.data} date={date} {...(dropped && { dropped })} />;
}

function Order({ page, date, dropped }: { page: Page; date: string; dropped?: Dropped }) {
  const { t, pick, f } = useWords();
  const { order, offers } = page;
  const named = useNamed();
  const [why, setWhy] = useState(false);
  useKeys({ ...(!order.closed_at && { w: () => setWhy(true) }) });
  const span = (pair: { from?: string | null; to?: string | null } | null | undefined) => (!pair?.from ? "—" : pair.to ? f.span(pair.from, pair.to) : t("fact.from_on", { at: f.moment(pair.from) }));
  const last = offers.at(-1);
  const asking = page.allowed.includes("offer") && <Asking page={page} date={date} {...(dropped && { dropped })} />;
  return (
    <article>
      <h3>{t("field.job_title", { kind: t(`order_kind.${order.kind}`), subject: order.subject })}</h3>
      <p className={css.facts}>
        <OrderStateLabel state={order.state} />
        <PriorityLabel priority={order.priority} />
        {order.clock && <ClockBadge clock={order.clock} named />}
        <CopyNumber value={order.number} />
        {!order.closed_at && (
          <Button size="small" type="text" onClick={() => setWhy(true)} data-testid="why">
            {t("dispatch.why")} <Kbd>W</Kbd>
          </Button>
        )}
        <Link to="/tickets/$id" params={{ id: order.ticket_id }}>
          {order.ticket_number}
        </Link>
      </p>
      {/* What was just dropped is asked about before anything is read again. */}
      {dropped && asking}
      <dl className={css.dl}>
        <dt>{t("fact.promised")}</dt>
        <dd className="num">{span(order.promised)}</dd>
        <dt>{t("fact.planned")}</dt>
        <dd className="num">
          {span(order.planned)}
          {order.misses && <div data-testid="misses">{t("dispatch.misses", { due: f.moment(order.misses) })}</div>}
        </dd>
        <dt>{t("fact.actual")}</dt>
        <dd className="num">{span(order.actual)}</dd>
        <dt>{t("fact.engineer")}</dt>
        <dd>{order.engineer?.name ?? t("dispatch.nobody")}</dd>
        <dt>{t("field.shop")}</dt>
        <dd>
          {order.store_name || order.merchant_name}
          {order.address && ` · ${order.address}`}
        </dd>
        <dt>{t("fact.visit_why")}</dt>
        <dd>
          {t(`visit_reason.${order.reason_code}`)}
          {order.reason && ` · ${order.reason}`}
        </dd>
        <dt>{t("command.skills")}</dt>
        <dd>{named.skills(order.skills) || "—"}</dd>
        <dt>{t("command.parts")}</dt>
        <dd>
          {named.parts(order.parts) || "—"}
          {page.bring.map((part) => (
            <div key={part.id} className="meta">
              {t("dispatch.bring_where", { name: part.name, number: part.number, carried: f.number(part.carried), store: f.number(part.in_store), free: f.number(Math.max(0, part.free)) })}
            </div>
          ))}
          {page.unlisted.length > 0 && <div className="meta">{t("dispatch.unlisted", { parts: named.parts(page.unlisted) })}</div>}
        </dd>
        {order.access_note && (
          <>
            <dt>{t("field.access")}</dt>
            <dd>{order.access_note}</dd>
          </>
        )}
      </dl>
      <Taken page={page} />
      {last && last.why.length > 0 && page.order.state !== "open" && (
        <section className={css.part}>
          <h3>{t("dispatch.why_them", { name: last.engineer.name })}</h3>
          <ul className={css.why}>
            {last.why.map((reason) => (
              <li key={reason.en}>{pick(reason)}</li>
            ))}
          </ul>
        </section>
      )}
      {last?.refuse_reason && (
        <p className="meta">
          {t(last.state === "refused" ? "dispatch.last_no" : "dispatch.last_back", { name: last.engineer.name, reason: last.refuse_reason })}
        </p>
      )}
      {!dropped && asking}
      {why && <WhyModal page={page} date={date} onClose={() => setWhy(false)} />}
    </article>
  );
}

/** What can be done with an order besides offering it: pin it, take it back, call it off; the last two with a reason. */
function Taken({ page }: { page: Page }) {
  const { t } = useWords();
  const { may } = useSession();
  const { message } = App.useApp();
  const { order } = page;
  const path = { params: { path: { id: order.id } } };
  const [asked, setAsked] = useState<"withdraw" | "call_off" | null>(null);
  const ended = (words: string) => () => {
    setAsked(null);
    void message.success(words);
  };
  const withdraw = $api.useMutation("post", "/api/v1/work-orders/{id}/withdraw", useAfterCommand(order.id, ended(t("dispatch.withdrawn"))));
  const callOff = $api.useMutation("post", "/api/v1/work-orders/{id}/cancel", useAfterCommand(order.id, ended(t("dispatch.called_off"))));
  const pin = $api.useMutation("post", "/api/v1/work-orders/{id}/pin", useAfterCommand(order.id, () => {}));
  const can = { withdraw: page.allowed.includes("withdraw"), callOff: page.allowed.includes("cancel"), pin: may("dispatch.plan") && Boolean(order.planned) && !order.closed_at };
  const togglePin = () => pin.mutate({ ...path, body: { version: order.version, pinned: !order.pinned } });
  useKeys({ ...(can.withdraw && { u: () => setAsked("withdraw") }), ...(can.pin && { l: togglePin }) });
  if (!can.withdraw && !can.callOff && !can.pin) return null;
  const close = () => setAsked(null);
  return (
    <section className={css.part}>
      <div className={css.actions}>
        {can.pin && (
          <Button icon={order.pinned ? <PushpinFilled /> : <PushpinOutlined />} aria-pressed={order.pinned} loading={pin.isPending} onClick={togglePin}>
            {t(order.pinned ? "dispatch.unpin" : "dispatch.pin")}
          </Button>
        )}
        {can.withdraw && !asked && <Button onClick={() => setAsked("withdraw")}>{t("dispatch.withdraw")}</Button>}
        {can.callOff && !asked && <Button onClick={() => setAsked("call_off")}>{t("dispatch.call_off")}</Button>}
      </div>
      {pin.error && <ProblemLine problem={pin.error} />}
      {asked === "withdraw" && <Reasoned label={t("dispatch.withdraw_why", { name: order.engineer?.name ?? "" })} words={t("dispatch.withdraw")} run={withdraw} version={order.version} path={path} onClose={close} />}
      {asked === "call_off" && <Reasoned label={t("dispatch.call_off_why")} words={t("dispatch.call_off")} run={callOff} version={order.version} path={path} onClose={close} />}
    </section>
  );
}

type Path = { params: { path: { id: string } } };

type ReasonedProps = {
  label: string;
  /** On the button. */
  words: string;
  run: { isPending: boolean; error: Problem | null; mutate: (sent: Path & { body: { version: number; reason: string } }) => void };
  version: number;
  path: Path;
  onClose: () => void;
};

/** Something that is done with a reason. */
function Reasoned({ label, words, run, version, path, onClose }: ReasonedProps) {
  const { t } = useWords();
  const id = useId();
  const [reason, setReason] = useState("");
  return (
    <div className={css.form}>
      <label htmlFor={id}>{label}</label>
      <Input.TextArea id={id} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2 }} maxLength={2000} />
      {run.error && <ProblemLine problem={run.error} />}
      <div className={css.actions}>
        <Button type="primary" disabled={!reason.trim()} loading={run.isPending} onClick={() => run.mutate({ ...path, body: { version, reason: reason.trim() } })}>
          {words}
        </Button>
        <Button onClick={onClose}>{t("action.cancel")}</Button>
      </div>
    </div>
  );
}
