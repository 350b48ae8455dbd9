import { Tabs } from "antd";
import { useEffect, useRef } from "react";
import type { TicketPage } from "@api";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { TicketMoney } from "@rooms/billing/TicketMoney";
import { TicketOwn } from "@rooms/facts/TicketOwn";
import { GuidePanel } from "@rooms/guide/GuidePanel";
import { useSimilar } from "../data";
import { CoverageFacts, MerchantFacts, RelatedFacts, TerminalFacts } from "./FactTabs";
import css from "./facts.module.css";
import type { Command } from "./next";
import { VisitFacts } from "./VisitFacts";

export const tabs = ["merchant", "terminal", "coverage", "guide", "visit", "related", "own"] as const;
export type Tab = (typeof tabs)[number];

type Props = { page: TicketPage; tab: Tab; /** Grows with each wish to go there by a command or a key. */ wished: number; onTab: (tab: Tab) => void; onLook: (tab: Tab) => void; onCommand: (command: Command) => void };

/** What is known, printed before anything is asked. The strip on top stays whichever tab is open. */
export function Facts({ page, tab, wished, onTab, onLook, onCommand }: Props) {
  const { t } = useWords();
  const similar = useSimilar(page.ticket.id);
  const keys: KeyMap = {};
  tabs.forEach((name, i) => (keys[`Alt+${i + 1}`] = () => onLook(name)));
  useKeys(keys);
  // Who asked for a tab by a key stands in it afterwards: before its first button, which is what they came for.
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wished === 0) return;
    const frame = requestAnimationFrame(() => (panel.current?.querySelector<HTMLElement>("button:not(:disabled)") ?? panel.current)?.focus());
    return () => cancelAnimationFrame(frame);
  }, [wished]);
  const content: Record<Tab, () => React.ReactNode> = {
    merchant: () => <MerchantFacts page={page} />,
    terminal: () => <TerminalFacts page={page} />,
    coverage: () => (
      <>
        <CoverageFacts page={page} />
        <TicketMoney page={page} />
      </>
    ),
    guide: () => <GuidePanel page={page} onCommand={onCommand} />,
    visit: () => <VisitFacts page={page} />,
    related: () => <RelatedFacts page={page} />,
    own: () => <TicketOwn page={page} />,
  };
  const count = { visit: page.work_orders.length, related: (similar.data?.items.length ?? 0) + page.links.length + page.sub_tasks.filter((task) => !task.done_at).length + (page.incident ? 1 : page.known_incidents.length) };
  return (
    <div className={css.facts}>
      <Strip page={page} />
      <Tabs
        activeKey={tab}
        onChange={(key) => onTab(key as Tab)}
        className={css.tabs}
        items={tabs.map((name) => ({
          key: name,
          label: (
            <span data-testid={`tab-${name}`}>
              {t(`ticket.tab.${name}`)}
              {(name === "visit" || name === "related") && count[name] > 0 && <span className={css.tabCount}> {count[name]}</span>}
            </span>
          ),
          children:
            name === tab ? (
              <div ref={panel} tabIndex={-1} className={css.panel}>
                {content[name]()}
              </div>
            ) : null,
        }))}
      />
    </div>
  );
}

/** Who is waiting, with what, and whether it costs them: in three lines. */
function Strip({ page: { contact, merchant, terminal, coverage, ticket } }: { page: TicketPage }) {
  const { t, f, pick } = useWords();
  const store = merchant?.store;
  return (
    <div className={css.strip}>
      <p>
        <strong>{store?.name ?? merchant?.name ?? t("fact.unknown_merchant")}</strong> {merchant && <span className={css.dim}>{t(`tier.${merchant.tier}`)}</span>}
        {store && <span className={css.end}>{store.open_now ? t("fact.open_now") : t("fact.closed_now")}</span>}
      </p>
      <p>
        {contact.name ?? t("fact.unknown_contact")} <span className="num">{contact.phone_masked ?? contact.email_masked}</span>
      </p>
      <p>
        {terminal ? (
          <>
            {terminal.model} <span className={css.dim}>{t("fact.batch", { batch: terminal.batch, firmware: terminal.firmware })}</span>
            <span className={css.end}>{terminal.offline_since ? t("fact.offline_since", { at: f.moment(terminal.offline_since) }) : t("fact.online")}</span>
          </>
        ) : (
          <span className={css.dim}>{ticket.terminal_unknown_reason ?? t("fact.unknown_terminal")}</span>
        )}
      </p>
      {coverage && <p>{pick(coverage.sentence)}</p>}
    </div>
  );
}
