import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { OrderStateLabel, PriorityLabel } from "@ground/labels/Labels";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { BlockLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { Before } from "./Before";
import { Changed } from "./Changed";
import css from "./field.module.css";
import { Ended } from "./Ended";
import { Foot } from "./Foot";
import { Place } from "./Place";
import { isAtWork, isOver, type Page } from "./stage";
import { Stamps } from "./Stamps";
import { Taps } from "./Taps";
import { useVisit } from "./useVisit";
import { WayButton } from "./WayButton";
import { Work } from "./Work";

const route = getRouteApi("/field/field/orders/$id");

/** One visit, from the offer to the merchant's confirmation. */
export function VisitPage() {
  const { id } = route.useParams();
  const visit = useVisit(id);
  if (visit.isPending) return <BlockLoading lines={10} />;
  if (visit.error?.status === 404) return <NotMine />;
  if (visit.error) return <ProblemPage problem={visit.error} onRetry={() => void visit.refetch()} />;
  return <Visit key={id} page={visit.data} />;
}

function Visit({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { order } = page;
  return (
    <main className={css.page} data-foot>
      <header className={css.head}>
        <h1>{t("field.job_title", { kind: t(`order_kind.${order.kind}`), subject: order.subject })}</h1>
        <p className={css.facts}>
          <OrderStateLabel state={order.state} />
          {!isOver(order.state) && <PriorityLabel priority={order.priority} />}
          {order.clock && !isOver(order.state) && <ClockBadge clock={order.clock} named />}
          <CopyNumber value={order.number} />
        </p>
        {order.planned && !isOver(order.state) && <p className="num">{t("field.planned", { span: f.span(order.planned.from, order.planned.to) })}</p>}
      </header>
      <Changed id={order.id} now={page} />
      <Taps id={order.id} />
      {isOver(order.state) && <Ended page={page} />}
      <Stamps page={page} />
      {!isAtWork(page) && (
        <section className={css.panel} aria-label={t("field.where")}>
          <Place page={page} />
        </section>
      )}
      {!isOver(order.state) && <Before page={page} />}
      {isAtWork(page) ? <Work page={page} /> : <Foot>{isOver(order.state) ? <BackToday /> : <WayButton page={page} />}</Foot>}
    </main>
  );
}

/** The link is old: dispatch took it back or gave it to somebody else. */
function NotMine() {
  const { t } = useWords();
  return (
    <main className={css.page} data-foot>
      <Nothing kind="empty" title={t("field.not_mine")} next={t("field.not_mine_next")} />
      <Foot>
        <BackToday />
      </Foot>
    </main>
  );
}

function BackToday() {
  const { t } = useWords();
  return (
    <Link to="/field">
      <Button type="primary" block className={css.main}>
        {t("field.back_today")}
      </Button>
    </Link>
  );
}
