import { ArrowRightOutlined } from "@ant-design/icons";
import type { TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import css from "./page.module.css";

/** Says in a sentence what this case waits for, and by when. */
export function NextStep({ page }: { page: TicketPage }) {
  const sentence = useNextSentence(page);
  const { t, f } = useWords();
  const { promise } = page;
  return (
    <p className={css.next} data-testid="next-step">
      <ArrowRightOutlined aria-hidden />
      <span>
        {sentence}
        {promise && (
          <span className="num">
            {" "}
            {promise.from ? t(`promise.${promise.what}_between`, { span: f.span(promise.from, promise.by) }) : t(`promise.${promise.what}`, { at: f.moment(promise.by) })}
          </span>
        )}
      </span>
    </p>
  );
}

function useNextSentence({ ticket, missing, guide, work_orders, merged_into, sub_tasks }: TicketPage): string {
  const { t, f, pick } = useWords();
  const order = work_orders.find((o) => !["done", "failed", "cancelled"].includes(o.state));
  if (ticket.state === "closed") return t("next.closed", { at: ticket.closed_at ? f.moment(ticket.closed_at) : "" });
  if (ticket.state === "merged") return t("next.merged", { number: merged_into?.number ?? "" });
  if (ticket.state === "cancelled") return t("next.cancelled");
  if (missing.length > 0) return t("next.missing", { what: missing.map((m) => t(`missing.${m}` as Key)).join(t("list.comma")) });
  if (!ticket.claimed) return t("next.unclaimed");
  if (ticket.state === "solved") return t("next.solved");
  if (ticket.waiting.length > 0) return t("next.waiting", { what: ticket.waiting.map((w) => t(`waiting.${w}`)).join(t("list.comma")) });
  if (order) return t("next.order", { number: order.number, state: t(`order_state.${order.state}`), who: order.engineer?.name ?? t("next.nobody") });
  const task = sub_tasks.find((k) => !k.done_at);
  if (guide.state === "running") return t("next.guide_running", { name: pick(guide.walked?.name), step: guide.position ?? 1 });
  // What was bad is made good before anything is tried again.
  if (task && ticket.reopen_count > 0) return t("next.tasks", { what: task.title });
  // As the merchant reads it on their page: a visit that failed is made again, whatever was found before.
  if (work_orders[0]?.state === "failed" && ticket.state === "triaged" && ticket.decision !== "remote") return t("next.onsite_again");
  if (guide.state === "ended") return t("next.guide_ended", { ending: pick(guide.ending) });
  // A visit that was called off or made leaves the case with the desk.
  if (ticket.decision === "onsite" && (work_orders.length === 0 || ticket.ticket_type !== "repair")) return ticket.ticket_type === "repair" ? t("next.onsite") : t("next.ordered_visit", { what: pick(ticket.ticket_type_name) });
  if (ticket.ticket_type !== "repair" && !task) return t("next.ordered", { what: pick(ticket.ticket_type_name) });
  if (guide.fits) return t("next.guide_fits", { name: pick(guide.fits.name) });
  return task ? t("next.tasks", { what: task.title }) : t("next.work");
}
