import { getRouteApi, useNavigate, useRouterState } from "@tanstack/react-router";
import { App, Drawer } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ClockKind, TicketPage as Page } from "@api";
import { $api } from "@ground/api/query";
import { useKeys } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { useOffer } from "@ground/palette/commands";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useNarrow } from "@ground/shell/useNarrow";
import { ClockDrawer } from "@rooms/clock/ClockDrawer";
import { dialogs, type Asked } from "../command/dialogs";
import { useAfterCommand, useTicket } from "../data";
import type { QueueSearch } from "../search";
import { Writers } from "./Company";
import { useCompany } from "./useCompany";
import { Composer, type ComposerHandle } from "./Composer";
import { Facts, type Tab } from "./Facts";
import { Header } from "./Header";
import { Held } from "./Held";
import { NextStep } from "./NextStep";
import { inOrder, type Command } from "./next";
import { MergedThreads } from "./MergedThreads";
import css from "./page.module.css";
import { Neighbours } from "./Neighbours";
import { Timeline } from "./Timeline";

const route = getRouteApi("/shell/tickets/$id");

/** The single keys of commands, as the palette prints them. */
const hints: Partial<Record<Command, string>> = { claim: "E", reply: "R", note: "N", assign: "A", priority: "P", solve: "S" };

/** One case whole: what was said in the middle, what is known at the right, its neighbours in the queue at the left. */
export function TicketPage() {
  const { id } = route.useParams();
  const search = route.useSearch();
  const ticket = useTicket(id);
  const navigate = useNavigate();
  // Whoever walks on quickly need not wait for what they leave.
  useKeys({ Escape: () => void navigate({ to: "/tickets", search }) });
  if (ticket.isPending) return <BlockLoading lines={12} />;
  if (ticket.error && !ticket.data) return <ProblemPage problem={ticket.error} onRetry={() => void ticket.refetch()} />;
  // Another ticket is another page: nothing half done is carried over.
  return <Whole key={id} page={ticket.data} search={search} />;
}

function Whole({ page, search }: { page: Page; search: QueueSearch }) {
  const { t } = useWords();
  const wide = !useNarrow(1280);
  // Whoever comes from the board to work from afar stands before the guide at once.
  const guided = useRouterState({ select: ({ location }) => location.hash === "guide" });
  const composer = useRef<ComposerHandle>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [tab, setTab] = useState<Tab>(page.guide.state === "running" || guided ? "guide" : "merchant");
  const [factsOpen, setFactsOpen] = useState(guided);
  const [wished, setWished] = useState(guided ? 1 : 0);
  const [clock, setClock] = useState<ClockKind | null>(null);
  const { ticket, allowed } = page;
  const { message } = App.useApp();
  const company = useCompany(ticket.id);
  // Claiming asks nothing, so it has no dialog: the button, the palette and the key do it.
  const claim = $api.useMutation("post", "/api/v1/tickets/{id}/claim", useAfterCommand(() => {}));

  const look = (next: Tab) => {
    setTab(next);
    setFactsOpen(true);
    setWished((before) => before + 1);
  };
  const start = (command: Command) => {
    if (command === "reply" || command === "note") composer.current?.write(command);
    else if (command === "guide") look("guide");
    else if (command === "fields") look("own");
    else if (command === "quote") look("coverage");
    else if (command === "claim") claim.mutate({ params: { path: { id: ticket.id } }, body: { version: ticket.version } });
    else setAsked(command);
  };
  // The palette's list is built once per state of the case; what it starts is always the page as it is now.
  const starter = useRef(start);
  useEffect(() => {
    starter.current = start;
  });
  // A key that does nothing leaves one wondering whether it was pressed.
  const key = (command: Command) => (allowed.includes(command) ? start(command) : void message.info(t("keys.not_now", { does: t(`do.${command}`) })));
  useKeys({
    r: () => key("reply"),
    n: () => key("note"),
    a: () => key("assign"),
    p: () => key("priority"),
    s: () => key("solve"),
    e: () => key("claim"),
    ".": () => void navigator.clipboard.writeText(ticket.number),
  });

  const offer = useMemo(
    () => ({
      about: ticket.number,
      commands: inOrder(page).map((command) => ({ id: command, label: t(`do.${command}`), ...(hints[command] && { hint: hints[command] }), run: () => starter.current(command) })),
    }),
    [ticket.number, page, t],
  );
  useOffer(offer);

  const Asking = asked && dialogs[asked];
  const facts = <Facts page={page} tab={tab} wished={wished} onTab={setTab} onLook={look} onCommand={start} />;
  return (
    <div className={css.page}>
      <Header page={page} company={company} search={search} onCommand={start} claim={claim} onClock={setClock} underWay={tab === "guide" && (wide || factsOpen) ? "guide" : null} onFacts={wide ? undefined : () => setFactsOpen(true)} />
      <div className={css.columns}>
        <Neighbours id={ticket.id} search={search} />
        <section className={css.middle}>
          <NextStep page={page} />
          <MergedThreads page={page} />
          <Timeline id={ticket.id} />
          <Held page={page} />
          <Writers people={company} />
          <Composer page={page} ref={composer} />
        </section>
        {wide ? (
          <aside className={css.facts} aria-label={t("ticket.facts")}>
            {facts}
          </aside>
        ) : (
          <Drawer open={factsOpen} styles={{ body: { padding: 0 } }} onClose={() => setFactsOpen(false)} title={t("ticket.facts")} size={Math.min(440, window.innerWidth)}>
            {facts}
          </Drawer>
        )}
      </div>
      {Asking && <Asking page={page} onClose={() => setAsked(null)} />}
      <ClockDrawer ticket={clock && ticket.id} kind={clock ?? "resolution"} onKind={setClock} onClose={() => setClock(null)} />
    </div>
  );
}
