import { ArrowLeftOutlined, MoreOutlined, ProfileOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import type { ClockKind, Problem, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { ChannelLabel, PriorityLabel } from "@ground/labels/Labels";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useOnline } from "@ground/shell/OfflineBar";
import { Owner, StateLabel, TierLabel } from "../labels";
import type { QueueSearch } from "../search";
import { Viewers } from "./Company";
import type { Present } from "./useCompany";
import { Follow } from "./Follow";
import { arrange, type Command } from "./next";
import { MacroModal } from "./MacroModal";
import css from "./page.module.css";

type Props = { page: TicketPage; company: readonly Present[]; search: QueueSearch; onCommand: (command: Command) => void; claim: { isPending: boolean; error: Problem | null }; onClock: (kind: ClockKind) => void; onFacts: (() => void) | undefined; underWay: Command | null };

/** Number, title, where it stands, its clocks, and what may be done: only what would do something. */
export function Header({ page, company, search, onCommand, claim, onClock, onFacts, underWay }: Props) {
  const { t, f, pick } = useWords();
  const navigate = useNavigate();
  const { ticket } = page;
  return (
    <header className={css.header}>
      <div className={css.title}>
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t("ticket.back")} title={t("ticket.back")} onClick={() => void navigate({ to: "/tickets", search })} />
        <CopyNumber value={ticket.number} />
        <h1 title={ticket.subject}>{ticket.subject}</h1>
        <Commands page={page} onCommand={onCommand} claim={claim} underWay={underWay} />
        {onFacts && (
          <Button icon={<ProfileOutlined />} onClick={onFacts} data-testid="open-facts">
            {t("ticket.facts")}
          </Button>
        )}
      </div>
      <div className={css.standing}>
        {ticket.response && <ClockBadge clock={ticket.response} named onExplain={() => onClock("first_response")} />}
        {ticket.resolution && <ClockBadge clock={ticket.resolution} named onExplain={() => onClock("resolution")} />}
        <StateLabel {...ticket} />
        {/* A repair is what a ticket is for; what was ordered instead is said. */}
        {ticket.ticket_type !== "repair" && <span>{pick(ticket.ticket_type_name)}</span>}
        <PriorityLabel priority={ticket.priority} why={[...ticket.priority_why.lines, ...ticket.queue_why].map(pick).join("\n")} />
        {page.incident && (
          <span>
            <span className={css.dim}>{page.incident.number}</span> {page.incident.title}
          </span>
        )}
        {ticket.tier && <TierLabel tier={ticket.tier} />}
        <span>
          <span className={css.dim}>{t("queue.owner")}</span> <Owner ticket={ticket} />
        </span>
        <Follow id={ticket.id} />
        <Viewers people={company} />
        <ChannelLabel channel={ticket.channel} />
        <time className="num" dateTime={ticket.opened_at} title={f.full(ticket.opened_at)}>
          {t("ticket.opened", { at: f.moment(ticket.opened_at) })}
        </time>
        {ticket.reopen_count > 0 && <span>{t("ticket.reopened", { count: ticket.reopen_count })}</span>}
      </div>
    </header>
  );
}

/** `underWay` is what the page already offers elsewhere: two filled buttons would ask which one. */
function Commands({ page, onCommand: run, claim, underWay }: Pick<Props, "page" | "onCommand" | "claim" | "underWay">) {
  const { t } = useWords();
  const online = useOnline();
  const { may } = useSession();
  const [macro, setMacro] = useState(false);
  const { first, beside, more, ending } = arrange(page);
  const button = (command: Command, primary: boolean) => (
    <Button
      key={command}
      type={primary ? "primary" : "default"}
      disabled={!online}
      title={online ? undefined : t("composer.offline")}
      loading={command === "claim" && claim.isPending}
      onClick={() => run(command)}
      data-testid={`do-${command}`}
    >
      {t(`do.${command}`)}
    </Button>
  );
  const items = [
    ...(may("canned.use") && may("ticket.work") ? [{ key: "macro", label: t("macro.title"), onClick: () => setMacro(true) }, { type: "divider" as const }] : []),
    ...more.map((command) => ({ key: command, label: t(`do.${command}`), onClick: () => run(command) })),
    ...(ending.length > 0 && more.length > 0 ? [{ type: "divider" as const }] : []),
    ...ending.map((command) => ({ key: command, label: t(`do.${command}`), danger: true, onClick: () => run(command) })),
  ];
  return (
    <div className={css.commands} role="toolbar" aria-label={t("ticket.commands")}>
      {first && button(first, first !== underWay)}
      <span className={css.beside}>{beside.map((command) => button(command, false))}</span>
      {items.length > 0 && (
        <Dropdown trigger={["click"]} menu={{ items }} disabled={!online}>
          <Button icon={<MoreOutlined />} aria-label={t("ticket.more")} data-testid="do-more" />
        </Dropdown>
      )}
      {macro && <MacroModal page={page} onClose={() => setMacro(false)} />}
      {claim.error && claim.error.code !== "stale" && <ProblemLine problem={claim.error} />}
    </div>
  );
}
