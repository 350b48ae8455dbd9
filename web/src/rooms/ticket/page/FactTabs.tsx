/** The tabs of facts: whose it is, what it is, who pays, what happened before. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber, grouped } from "@ground/parts/CopyNumber";
import { Nothing } from "@ground/parts/Nothing";
import { Terms } from "@rooms/terminal/Terms";
import { useSimilar } from "../data";
import css from "./facts.module.css";
import { OpeningHours } from "./OpeningHours";
import { IncidentFacts, LinkFacts, TaskFacts } from "./Relations";

type Props = { page: TicketPage };

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function MerchantFacts({ page: { merchant, contact } }: Props) {
  const { t, f } = useWords();
  const store = merchant?.store;
  return (
    <>
      <dl className={css.list}>
        <Fact name={t("fact.contact")}>
          {contact.name ?? t("fact.unknown_contact")}
          {contact.phone_masked && <div>{contact.phone_masked}</div>}
          {contact.email_masked && <div>{contact.email_masked}</div>}
          {!contact.by_mail && <div data-testid="nobody-mailed">{t("fact.nobody_mailed")}</div>}
        </Fact>
        {merchant && (
          <>
            <Fact name={t("fact.merchant")}>
              <Link to="/merchants/$id" params={{ id: merchant.id }}>
                {merchant.name}
              </Link>
              <div className={css.dim}>
                {t(`tier.${merchant.tier}`)} · {merchant.industry}
              </div>
            </Fact>
            <Fact name={t("fact.mid")}>
              <CopyNumber value={merchant.mid} mono />
            </Fact>
            <Fact name={t("fact.acquirer")}>{merchant.acquirer_name}</Fact>
          </>
        )}
        {store && (
          <>
            <Fact name={t("fact.store")}>{store.name}</Fact>
            <Fact name={t("fact.address")}>{store.address}</Fact>
            <Fact name={t("fact.hours")}>
              <OpeningHours hours={store.hours} />
            </Fact>
          </>
        )}
        {merchant && <Fact name={t("fact.more")}>{t("fact.merchant_counts", { open: f.upTo(merchant.open_tickets, 99), terminals: f.upTo(merchant.terminals, 99) })}</Fact>}
      </dl>
      {!merchant && <Nothing kind="empty" title={t("fact.unknown_merchant")} next={t("fact.unknown_merchant_next")} />}
    </>
  );
}

export function TerminalFacts({ page: { terminal, ticket, triage } }: Props) {
  const { t, f, pick } = useWords();
  if (!terminal) return <Nothing kind="empty" title={t("fact.unknown_terminal")} next={ticket.terminal_unknown_reason ?? t("fact.unknown_terminal_next")} />;
  const { binding } = terminal;
  return (
    <>
      <dl className={css.list}>
        <Fact name={t("fact.serial")}>
          <CopyNumber value={terminal.serial_no} shown={grouped(terminal.serial_no)} mono />
        </Fact>
        <Fact name={t("fact.model")}>
          <Link to="/terminals/$id" params={{ id: terminal.id }}>
            {terminal.vendor} {terminal.model}
          </Link>
        </Fact>
        <Fact name={t("fact.version")}>{t("fact.batch", { batch: terminal.batch, firmware: terminal.firmware })}</Fact>
        <Fact name={t("fact.heard")}>{terminal.offline_since ? t("fact.offline_since", { at: f.moment(terminal.offline_since) }) : t("fact.online")}</Fact>
        {ticket.response_code && <Fact name={t("fact.response_code")}>{ticket.response_code}</Fact>}
      </dl>
      <section className={css.section}>
        <h3>{t("fact.binding")}</h3>
        {binding ? (
          <dl className={css.list} style={{ padding: 0 }}>
            <Fact name={t("fact.tid")}>
              <CopyNumber value={binding.tid} mono />
            </Fact>
            <Fact name={t("fact.uscc")}>{binding.uscc_masked || "—"}</Fact>
            <Fact name={t("fact.account")}>{binding.settlement_account_mask}</Fact>
            <Fact name={t("fact.address")}>{binding.address}</Fact>
            <Fact name={t("fact.since")}>{f.date(binding.valid_from)}</Fact>
          </dl>
        ) : (
          <p>{t("fact.unbound")}</p>
        )}
      </section>
      {triage && (
        <section className={css.section}>
          <h3>{t("fact.triage")}</h3>
          <p>{pick(triage.reason)}</p>
          <ul className={css.plain}>
            {triage.proposals.map((proposal) => (
              <li key={proposal.fault_code} title={proposal.evidence.map(pick).join("\n")}>
                {proposal.fault_code} {pick(proposal.symptom)} <span className={css.score}>{proposal.score}</span>
                <div className="meta">{proposal.evidence.map(pick).join(t("list.comma"))}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

export function CoverageFacts({ page: { coverage } }: Props) {
  const { t, pick } = useWords();
  if (!coverage) return <Nothing kind="empty" title={t("fact.coverage_unknown")} next={t("fact.coverage_unknown_next")} />;
  return (
    <section className={css.section}>
      <h3>{pick(coverage.sentence)}</h3>
      <p className="meta">{coverage.from ? t("coverage.from", { day: coverage.from }) : t("fact.coverage_why")}</p>
      <Terms terms={coverage.terms} />
    </section>
  );
}

export function RelatedFacts({ page }: Props) {
  const { t, f, pick } = useWords();
  const { follow_ups } = page;
  const found = useSimilar(page.ticket.id);
  const similar = found.data?.items ?? [];
  const none = found.data && similar.length + follow_ups.length + page.links.length + page.sub_tasks.length + page.known_incidents.length === 0 && !page.incident;
  return (
    <>
      <TaskFacts page={page} />
      <LinkFacts page={page} />
      <IncidentFacts page={page} />
      {none && <Nothing kind="empty" title={t("fact.related_none")} />}
      {similar.length > 0 && (
        <section className={css.section}>
          <h3>{t("fact.similar")}</h3>
          <ul className={css.plain}>
            {similar.map((other) => (
              <li key={other.id}>
                <div className={css.similar}>
                  <Link to="/tickets/$id" params={{ id: other.id }}>
                    {other.number}
                  </Link>
                  <span>{other.subject}</span>
                </div>
                <div className="meta">
                  {[t(`alike.${other.why}`), other.likeness && t("alike.shares", { percent: other.likeness.percent, words: other.likeness.words.join(t("list.comma")) }), f.date(other.opened_at), t(`ticket_state.${other.state}`), other.outcome && t(`outcome.${other.outcome}`), pick(other.fault_name)].filter(Boolean).join(" · ")}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {follow_ups.length > 0 && (
        <section className={css.section}>
          <h3>{t("fact.follow_ups")}</h3>
          <ul className={css.plain}>
            {follow_ups.map((up) => (
              <li key={up.id}>
                {t(`follow_up.${up.state}`, { at: f.moment(up.answered_at ?? up.asked_at ?? up.due_at) })}
                {up.score != null && <strong> {t("follow_up.score", { score: up.score })}</strong>}
                {up.comment && <div>{up.comment}</div>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
