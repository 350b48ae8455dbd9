/** The words of a ticket. */
import type { Both, Schema, TicketRow, TicketState } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { useSession } from "@ground/session/Session";
import css from "./ticket.module.css";

type Stated = { state: TicketState; waiting?: readonly Schema<"PauseReason">[]; label?: Pick<Schema<"RowLabel">, "agent">; waiting_labels?: readonly Both[] };

/** Where it stands: in the tenant's own words where the row brings them. */
export function StateLabel({ state, waiting = [], label, waiting_labels }: Stated) {
  const { t, pick } = useWords();
  const waits = waiting_labels?.map(pick) ?? waiting.map((reason) => t(`waiting.${reason}`));
  return (
    <span className={css.state} data-state={state}>
      {label ? pick(label.agent) : t(`ticket_state.${state}`)}
      {waits.length > 0 && <span className={css.waiting}> {waits.join(t("list.comma"))}</span>}
    </span>
  );
}

/** Who answers for it. Before anybody took it on, it stands with the duty person of the desk. */
export function Owner({ ticket }: { ticket: Pick<TicketRow, "owner" | "claimed"> }) {
  const { t } = useWords();
  const { me } = useSession();
  if (!ticket.claimed) {
    return (
      <span className={css.quiet} title={t("ticket.duty", { name: ticket.owner.name })}>
        {t("ticket.unclaimed_of", { name: ticket.owner.id === me.id ? t("ticket.me") : ticket.owner.name })}
      </span>
    );
  }
  return <>{ticket.owner.id === me.id ? t("ticket.me") : ticket.owner.name}</>;
}

export function TierLabel({ tier }: { tier: Schema<"Tier"> }) {
  const { t } = useWords();
  return <>{t(`tier.${tier}`)}</>;
}

/** The clock that matters now: the one to look at, else how the case ended. */
export function MainClock({ row, named = true, onExplain }: { row: TicketRow; named?: boolean; onExplain?: (kind: Schema<"ClockKind">) => void }) {
  const clock = row.look_at === "first_response" ? row.response : (row.resolution ?? row.response);
  if (!clock) return <>—</>;
  return <ClockBadge clock={clock} named={named} {...(onExplain && { onExplain: () => onExplain(clock.kind) })} />;
}
