import { EditOutlined, PlusOutlined, PrinterOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { OpeningHours } from "@rooms/ticket/page/OpeningHours";
import { TicketLines } from "@rooms/ticket/TicketLines";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { DetailPage } from "@ground/parts/DetailPage";
import { Fact, FactList } from "@ground/parts/ListPage";
import { BlockLoading } from "@ground/parts/Loading";
import { Nothing } from "@ground/parts/Nothing";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { Contacts } from "./Contacts";
import css from "./merchant.module.css";
import { MerchantDialog } from "./MerchantDialog";
import { StoreDialog } from "./StoreDialog";

const route = getRouteApi("/shell/merchants/$id");

/** A merchant all round: who to reach, what stands where, what is going on. */
export function MerchantPage() {
  const { id } = route.useParams();
  const merchant = $api.useQuery("get", "/api/v1/merchants/{id}", { params: { path: { id } } });
  if (merchant.isPending) return <BlockLoading lines={12} />;
  if (merchant.error && !merchant.data) return <ProblemPage problem={merchant.error} onRetry={() => void merchant.refetch()} />;
  return <Whole page={merchant.data} />;
}

function Whole({ page }: { page: Schema<"MerchantPage"> }) {
  const { t } = useWords();
  const { may } = useSession();
  const [editing, setEditing] = useState(false);
  const { merchant, terminals, tickets, stores } = page;
  const offline = terminals.filter((terminal) => terminal.offline_since).length;
  const head = (
    <>
      <h1>{merchant.name}</h1>
      <span>{t(`tier.${merchant.tier}`)}</span>
      <span>{merchant.industry}</span>
      <CopyNumber value={merchant.mid} mono />
      <span className="num">
        {t("merchant.counts", { stores: stores.length, terminals: terminals.length, open: tickets.open.length })}
        {offline > 0 && ` · ${t("merchant.offline", { count: offline })}`}
      </span>
      <span className={css.headEnd}>
        {terminals.length > 0 && (
          <Button icon={<PrinterOutlined />} href={`/api/v1/merchants/${merchant.id}/stickers`} target="_blank" rel="noreferrer" data-testid="merchant-stickers">
            {t("merchant.stickers")}
          </Button>
        )}
        {may("registry.edit") && (
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)} data-testid="merchant-edit">
            {t("merchant.edit")}
          </Button>
        )}
      </span>
    </>
  );
  const side = (
    <>
      <section>
        <h2>{t("merchant.contacts")}</h2>
        <Contacts page={page} />
      </section>
      <Stores page={page} />
      <Contract page={page} />
    </>
  );
  return (
    <DetailPage head={head} side={side}>
      <section>
        <h2>{t("merchant.open_tickets")}</h2>
        <TicketLines tickets={tickets.open} empty="merchant.no_open" terminals={terminals} />
      </section>
      <section>
        <h2>{t("merchant.terminals_here")}</h2>
        <Terminals terminals={terminals} />
      </section>
      <section>
        <h2>{t("merchant.recent_tickets")}</h2>
        <TicketLines tickets={tickets.recent.filter((ticket) => ticket.closed_at)} empty="merchant.no_recent" terminals={terminals} />
      </section>
      {editing && <MerchantDialog page={page} onClose={() => setEditing(false)} />}
    </DetailPage>
  );
}

function Terminals({ terminals }: { terminals: Schema<"MerchantTerminal">[] }) {
  const { t, f } = useWords();
  if (terminals.length === 0) return <Nothing kind="empty" title={t("merchant.no_terminals")} next={t("merchant.no_terminals_next")} />;
  return (
    <div className={css.scroll}>
      <table className={`${css.table} ${css.asCards}`}>
        <thead>
          <tr>
            <th scope="col">{t("fact.serial")}</th>
            <th scope="col">{t("fact.model")}</th>
            <th scope="col">{t("fact.store")}</th>
            <th scope="col">{t("fact.heard")}</th>
            <th scope="col">{t("merchant.covered")}</th>
            <th scope="col" className={css.end}>
              {t("merchant.open")}
            </th>
          </tr>
        </thead>
        <tbody>
          {terminals.map((terminal) => (
            <tr key={terminal.id}>
              <td>
                <Link to="/terminals/$id" params={{ id: terminal.id }} className={css.mono}>
                  {terminal.serial_no}
                </Link>
              </td>
              <td>
                {terminal.vendor} {terminal.model}
              </td>
              <td>{terminal.store_name}</td>
              <td>{terminal.offline_since ? t("fact.offline_since", { at: f.moment(terminal.offline_since) }) : t("fact.online")}</td>
              <td>{terminal.covered_until ? t(terminal.in_warranty ? "merchant.covered_until" : "merchant.ended_on", { day: terminal.covered_until }) : "—"}</td>
              <td className={css.end} data-label={t("merchant.open")} data-none={terminal.open_tickets === 0 || undefined}>
                {terminal.open_tickets > 0 ? terminal.open_tickets : "—"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where the merchant has its doors. */
function Stores({ page }: { page: Schema<"MerchantPage"> }) {
  const { t } = useWords();
  const { may } = useSession();
  const [edited, setEdited] = useState<Schema<"MerchantStore"> | "new" | null>(null);
  return (
    <section>
      <h2>{t("merchant.stores_title")}</h2>
      {page.stores.map((store) => (
        <Store key={store.id} store={store} onEdit={may("registry.edit") ? () => setEdited(store) : undefined} />
      ))}
      {may("registry.edit") && (
        <Button className={css.after} icon={<PlusOutlined />} onClick={() => setEdited("new")} data-testid="store-new">
          {t("store.new")}
        </Button>
      )}
      {edited && <StoreDialog page={page} store={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </section>
  );
}

function Store({ store, onEdit }: { store: Schema<"MerchantStore">; onEdit: (() => void) | undefined }) {
  const { t, f } = useWords();
  return (
    <div className={css.block}>
      {onEdit && <Button className={css.edit} type="text" size="small" icon={<EditOutlined />} aria-label={t("merchant.edit_contact", { name: store.name })} onClick={onEdit} />}
      <h3>{store.name}</h3>
      <p>
        <span className={css.dim}>{store.open_now ? t("fact.open_now") : store.opens_at ? t("merchant.opens", { at: f.moment(store.opens_at) }) : t("fact.closed_now")}</span>
      </p>
      <p>
        {store.address}
        {store.lat == null && <span className={css.dim}> {t("store.no_place")}</span>}
      </p>
      <OpeningHours hours={store.hours} />
    </div>
  );
}

const clocks = ["first_response", "resolution"] as const;
const priorities = ["urgent", "high", "normal", "low"] as const;

/** Hours promised: one line per priority, one column per clock, the clause on hovering. */
function Promises({ promises }: { promises: Schema<"Promise">[] }) {
  const { t, f } = useWords();
  const of = (clock: string, priority: string) => promises.find((promise) => promise.clock === clock && promise.priority === priority);
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{t("queue.priority")}</th>
          {clocks.map((clock) => (
            <th key={clock} scope="col" className={css.end}>
              {t(`clock_kind.${clock}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {priorities.map((priority) => (
          <tr key={priority}>
            <td>{t(`priority.${priority}`)}</td>
            {clocks.map((clock) => {
              const promise = of(clock, priority);
              return (
                <td key={clock} className={css.end} title={promise && t("merchant.clause", { clause: promise.clause })}>
                  {promise ? f.length(promise.seconds) : "—"}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the house has promised, by clause; and what the numbers on paper are. */
function Contract({ page: { agreements, coverage, merchant } }: { page: Schema<"MerchantPage"> }) {
  const { t, pick } = useWords();
  return (
    <>
      <section>
        <h2>{t("merchant.agreement")}</h2>
        {agreements.map((agreement) => (
          <div key={agreement.code} className={css.block}>
            <h3>{pick(agreement.name)}</h3>
            <Promises promises={agreement.promises} />
          </div>
        ))}
      </section>
      <section>
        <h2>{t("merchant.papers")}</h2>
        <FactList>
          <Fact name={t("fact.acquirer")}>{merchant.acquirer.name}</Fact>
          <Fact name={t("fact.uscc")}>{merchant.uscc_masked || "—"}</Fact>
          <Fact name={t("fact.account")}>{merchant.settlement_account_mask || "—"}</Fact>
          <Fact name={t("merchant.covered")}>
            {t("merchant.coverage", { covered: coverage.covered, ended: coverage.ended, unknown: coverage.unknown })}
            {coverage.first_end && <div>{t("merchant.first_end", { day: coverage.first_end })}</div>}
          </Fact>
        </FactList>
      </section>
    </>
  );
}
