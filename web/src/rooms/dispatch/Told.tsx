import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { isoDay } from "@ground/time/format";
import css from "./dispatch.module.css";
import { hearing, type Heard } from "./hearing";

type Props = { heard: readonly Heard[]; /** The day of the plan: its own times need no date. */ day: string; published: boolean; onShow: (order: string) => void };

/** What the merchants of a plan hear, by kind: who was told and when, who waits and why, whom nobody bothers. */
export function Told({ heard, day, published, onShow }: Props) {
  const { t, f } = useWords();
  const said = ({ stop, engineer }: Heard): string => {
    const { told, order } = stop;
    const window = order.promised && (isoDay(new Date(order.promised.from)) === day ? `${f.clock(order.promised.from)}–${f.clock(order.promised.to)}` : f.span(order.promised.from, order.promised.to));
    const promised = window && t("dispatch.told_window", { span: window });
    const how =
      told?.what === "waits" && told.held && told.until
        ? t(`dispatch.told_waits.${told.held}`, { until: f.moment(told.until) })
        : told?.what === "on_accept"
          ? engineer && t("dispatch.told_by", { name: engineer })
          : told?.at && t("dispatch.told_at", { at: f.moment(told.at) });
    return [promised, how].filter(Boolean).join(" · ");
  };
  return (
    <section aria-label={t(published ? "dispatch.told_after" : "dispatch.told_title")} data-testid="told">
      <h3 className={css.partHead}>{t(published ? "dispatch.told_after" : "dispatch.told_title")}</h3>
      {heard.length === 0 && <p className="lead">{t("dispatch.told_nobody")}</p>}
      {hearing(heard).map(({ what, stops }) => (
        <details key={what} className={css.fold} data-testid={`told-${what}`}>
          <summary data-bad={what === "failed" || what === "duty" || undefined}>{t(`dispatch.told.${what}`, { count: stops.length })}</summary>
          <ul className={css.why}>
            {stops.map((one) => (
              <li key={one.stop.order.id}>
                {one.stop.order.store_name || one.stop.order.merchant_name}{" "}
                <Button type="link" size="small" onClick={() => onShow(one.stop.order.id)}>
                  {one.stop.order.number}
                </Button>{" "}
                <span className="meta num">{said(one)}</span>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

/** The same in a line each, before a plan is published. */
export function ToldLines({ heard }: { heard: readonly Heard[] }) {
  const { t } = useWords();
  return (
    <ul className={css.why}>
      {hearing(heard).map(({ what, stops }) => (
        <li key={what}>{t(`dispatch.told.${what}`, { count: stops.length })}</li>
      ))}
    </ul>
  );
}
