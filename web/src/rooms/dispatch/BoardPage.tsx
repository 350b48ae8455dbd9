import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { App, Button, Select } from "antd";
import { useMemo, useState } from "react";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { ExportButton } from "@ground/parts/ExportButton";
import { RowsLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { SidePanel } from "@ground/parts/SidePanel";
import { useSession } from "@ground/session/Session";
import { isoDay } from "@ground/time/format";
import { useNow } from "@ground/time/useNow";
import { AbsenceModal } from "./AbsenceModal";
import { useBoard, usePlan, usePlans, type Dropped, type Row } from "./data";
import css from "./dispatch.module.css";
import { OrderPanel } from "./OrderPanel";
import { PlanBar } from "./PlanBar";
import { PlanPanel } from "./PlanPanel";
import type { BoardSearch } from "./room";
import { midnight, shifted } from "./scale";
import { TimeLine } from "./TimeLine";
import { Unassigned } from "./Unassigned";

/** The choice of no plan. */
const AS_IS = "as-is";

const route = getRouteApi("/shell/dispatch");

/** A day of all engineers: what nobody has, who has what and when, and what a better plan would look like. */
export function BoardPage() {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const search = route.useSearch();
  const navigate = useNavigate();
  const today = isoDay(new Date(useNow()));
  const date = search.date ?? today;
  const go = (next: BoardSearch) => void navigate({ to: "/dispatch", search: next, replace: true });
  const stay: BoardSearch = search.date ? { date: search.date } : {};
  const step = (days: number) => {
    const next = shifted(date, days);
    go(next === today ? {} : { date: next });
  };
  const [absent, setAbsent] = useState(false);
  const [dragged, setDragged] = useState<Row | null>(null);
  const [dropped, setDropped] = useState<(Dropped & { order: string }) | null>(null);
  const { message } = App.useApp();

  const planner = may("dispatch.plan");
  const board = useBoard(date);
  const plans = usePlans(date);
  const plan = usePlan(search.plan);
  const show = (order?: string) => go({ ...stay, ...(search.plan && { plan: search.plan }), ...(order && { order }) });
  const compare = (id?: string) => go({ ...stay, ...(id && { plan: id }) });
  useKeys({ "Shift+ArrowLeft": () => step(-1), "Shift+ArrowRight": () => step(1), t: () => go({}) });

  const shown = plan.data?.plan.date === date ? plan.data : undefined;
  const ghosts = useMemo(() => (shown && shown.plan.state === "proposed" ? shown.routes : []), [shown]);
  // A plan names the orders nobody has by itself; the time line gets the room.
  const comparing = search.plan !== undefined && search.order === undefined;
  const onDuty = board.data?.engineers.filter((row) => row.shift).length ?? 0;
  const orders = board.data?.engineers.reduce((sum, row) => sum + row.orders.length, 0) ?? 0;

  return (
    <div className={css.page}>
      <section className={css.main}>
        <header className={css.head}>
          <h1>{t("dispatch.title")}</h1>
          <span className={css.day}>
            <Button type="text" icon={<LeftOutlined />} aria-label={t("dispatch.day_before")} onClick={() => step(-1)} />
            <time className="num" dateTime={date}>
              {f.date(new Date(midnight(date)))}
            </time>
            <Button type="text" icon={<RightOutlined />} aria-label={t("dispatch.day_after")} onClick={() => step(1)} />
            {date !== today && (
              <Button type="text" onClick={() => go({})}>
                {t("dispatch.today")}
              </Button>
            )}
          </span>
          {board.data && (
            <span className="meta">{t("dispatch.counts", { unassigned: board.data.unassigned.length, duty: onDuty, orders })}</span>
          )}
          <span className={css.headEnd}>
            {plans.data && plans.data.items.length > 0 && (
              <Select
                value={search.plan ?? AS_IS}
                onChange={(id) => compare(id === AS_IS ? undefined : id)}
                aria-label={t("dispatch.plans")}
                options={[{ value: AS_IS, label: t("dispatch.as_is") }, ...plans.data.items.map((p) => ({ value: p.id, label: t("dispatch.plan_option", { number: p.number, state: t(`dispatch.plan_state.${p.state}`) }) }))]}
                popupMatchSelectWidth={false}
              />
            )}
            {planner && <Button onClick={() => setAbsent(true)}>{t("dispatch.absent")}</Button>}
            <ExportButton list="work-orders" filter={{ date }} />
            {planner && <PlanBar date={date} plans={plans.data?.items ?? []} onCompare={compare} />}
          </span>
        </header>
        {board.isPending ? (
          <RowsLoading />
        ) : board.error ? (
          <ProblemPage problem={board.error} onRetry={() => void board.refetch()} />
        ) : (
          <div className={css.panes}>
            {!comparing && <Unassigned rows={board.data.unassigned} openId={search.order} onOpen={(row) => show(row.id === search.order ? undefined : row.id)} onDrag={setDragged} />}
            <TimeLine
              board={board.data}
              ghosts={ghosts}
              openId={search.order}
              onOpen={(id) => show(id === search.order ? undefined : id)}
              dragged={dragged}
              onDrop={(order, where) => {
                setDropped({ ...where, order: order.id });
                show(order.id);
              }}
              onRefused={(order, verdict) => void message.warning(t("dispatch.goes_back", { number: order.number, why: verdict.against.map(pick).join(" ") }))}
            />
          </div>
        )}
      </section>
      <SidePanel open={search.order !== undefined} title={t("dispatch.order")} width={432} onClose={() => show()}>
        {search.order && <OrderPanel key={`${search.order} ${dropped?.engineer} ${dropped?.planned.from}`} id={search.order} date={date} {...(dropped?.order === search.order && { dropped })} />}
      </SidePanel>
      <SidePanel open={comparing} title={t("dispatch.plan_title", { number: shown?.plan.number ?? "" })} width={560} onClose={() => compare()}>
        {search.plan && <PlanPanel key={search.plan} query={plan} onShow={show} onClose={() => compare()} />}
      </SidePanel>
      {absent && board.data && <AbsenceModal date={date} engineers={board.data.engineers} onClose={() => setAbsent(false)} onPlan={compare} />}
    </div>
  );
}
