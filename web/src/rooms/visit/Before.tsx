import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { Fold } from "./Fold";
import { isAtWork, type Page } from "./stage";
import { Place } from "./Place";
import { usePartNames } from "./usePartNames";

/** What is known before the first screw: why somebody goes, what was tried from afar, what is covered. Nothing of it is asked again. */
export function Before({ page }: { page: Page }) {
  const { t, pick, f } = useWords();
  const name = usePartNames();
  const { order, terminal, coverage, remote_steps } = page;
  return (
    <section className={css.panel} aria-label={t("field.before")}>
      <dl className={css.dl}>
        <dt>{t("field.reason_go")}</dt>
        <dd>{order.reason}</dd>
        {order.service && (
          <>
            <dt>{t("field.service")}</dt>
            <dd>{t("field.service_line", { name: pick(order.service), minutes: order.minutes ?? 0, due: order.due_at ? f.moment(order.due_at) : "—" })}</dd>
          </>
        )}
        {order.fault_name && (
          <>
            <dt>{t("field.looks_like")}</dt>
            <dd>
              {pick(order.fault_name)} <span className="meta">{order.fault_code}</span>
            </dd>
          </>
        )}
        <dt>{t("field.bring")}</dt>
        <dd>{order.parts.length > 0 ? order.parts.map(name).join(t("field.list_join")) : t("field.bring_nothing")}
          {page.bring.map((part) => (
            <div key={part.id} className="meta">
              {t("field.bring_where", { name: part.name, number: part.number, carried: f.number(part.carried), store: f.number(part.in_store), free: f.number(Math.max(0, part.free)) })}
            </div>
          ))}
        </dd>
      </dl>
      {remote_steps.length > 0 && (
        <Fold title={t("field.remote_done", { count: remote_steps.length })}>
          <ol className={css.remote}>
            {remote_steps.map((step) => (
              <li key={step.at + step.question.zh}>
                <span>{pick(step.question)}</span>
                <strong>{pick(step.answer)}</strong>
                <time className="meta num" dateTime={step.at}>
                  {f.moment(step.at)}
                </time>
              </li>
            ))}
          </ol>
        </Fold>
      )}
      {terminal && (
        <Fold title={t("field.terminal", { model: terminal.model, serial: terminal.serial_no.slice(-4) })}>
          <dl className={css.dl}>
            <dt>{t("field.serial")}</dt>
            <dd className={css.serial}>{terminal.serial_no.replace(/(.{4})(?=.)/g, "$1 ")}</dd>
            <dt>{t("field.vendor")}</dt>
            <dd>{t("field.vendor_line", { vendor: terminal.vendor, batch: terminal.batch, firmware: terminal.firmware })}</dd>
            {terminal.tid && (
              <>
                <dt>{t("field.tid")}</dt>
                <dd className={css.serial}>{terminal.tid}</dd>
              </>
            )}
            {coverage && (
              <>
                <dt>{t("field.coverage")}</dt>
                <dd>{pick(coverage.sentence)}</dd>
              </>
            )}
          </dl>
        </Fold>
      )}
      {isAtWork(page) && (
        <Fold title={t("field.where")}>
          <Place page={page} />
        </Fold>
      )}
    </section>
  );
}
