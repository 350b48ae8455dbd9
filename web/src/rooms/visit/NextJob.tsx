import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { OrderStateLabel, PriorityLabel } from "@ground/labels/Labels";
import css from "./field.module.css";
import { Foot } from "./Foot";
import { Place } from "./Place";
import { usePartNames } from "./usePartNames";
import { useVisit } from "./useVisit";
import { WayButton } from "./WayButton";

/** The next job whole: when, what to bring, where, whom to ask for; and the one tap that comes next. */
export function NextJob({ row }: { row: Schema<"WorkOrderRow"> }) {
  const { t, f } = useWords();
  const visit = useVisit(row.id);
  const name = usePartNames();
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
      <p className={css.facts}>
        <OrderStateLabel state={row.state} />
        <PriorityLabel priority={row.priority} />
      </p>
      <p className={css.bring}>
        <span className="meta">{t("field.bring")}</span> {row.parts.length > 0 ? row.parts.map(name).join(t("field.list_join")) : t("field.bring_nothing")}
      </p>
      {visit.data && <Place page={visit.data} />}
      <Foot>
        {visit.data && row.state !== "on_site" && row.state !== "repaired" ? (
          <WayButton page={visit.data} />
        ) : (
          <Link to="/field/orders/$id" params={{ id: row.id }}>
            <Button type="primary" block className={css.main}>
              {t("field.go_on")}
            </Button>
          </Link>
        )}
      </Foot>
    </article>
  );
}
