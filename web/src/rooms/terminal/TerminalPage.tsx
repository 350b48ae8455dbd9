import { EditOutlined, PlusOutlined, QrcodeOutlined } from "@ant-design/icons";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button, DatePicker } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber, grouped } from "@ground/parts/CopyNumber";
import { DetailPage } from "@ground/parts/DetailPage";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { TicketLines } from "@rooms/ticket/TicketLines";
import { Binding, BindingHistory } from "./Binding";
import css from "./terminal.module.css";
import { TerminalDialog } from "./TerminalDialog";
import { Terms } from "./Terms";

const route = getRouteApi("/shell/terminals/$id");

/** One device: where it stands, what it is bound to, whether a repair is free on a day, and its life so far. */
export function TerminalPage() {
  const { id } = route.useParams();
  const { on } = route.useSearch();
  const terminal = $api.useQuery("get", "/api/v1/terminals/{id}", { params: { path: { id }, query: on ? { on } : {} } }, { placeholderData: (before) => (before?.terminal.id === id ? before : undefined) });
  if (terminal.isPending) return <BlockLoading lines={12} />;
  if (terminal.error && !terminal.data) return <ProblemPage problem={terminal.error} onRetry={() => void terminal.refetch()} />;
  return <Whole page={terminal.data} />;
}

function Whole({ page }: { page: Schema<"TerminalPage"> }) {
  const { t, f, pick } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const { terminal, binding, tickets, life } = page;
  const head = (
    <>
      <h1>
        <CopyNumber value={terminal.serial_no} shown={grouped(terminal.serial_no)} mono />
      </h1>
      <span>
        {terminal.vendor} {terminal.model}
      </span>
      <span className={css.dim}>{pick(terminal.class_name) || terminal.class}</span>
      {terminal.batch && terminal.firmware && <span className={css.dim}>{t("fact.batch", { batch: terminal.batch, firmware: terminal.firmware })}</span>}
      <span>{terminal.offline_since ? t("fact.offline_since", { at: f.moment(terminal.offline_since) }) : t("fact.online")}</span>
      <span>
        {binding ? (
          <Link to="/merchants/$id" params={{ id: binding.merchant.id }}>
            {binding.store_name}
          </Link>
        ) : (
          t("terminal.nowhere")
        )}
      </span>
      <span className={css.headEnd}>
        <Button icon={<QrcodeOutlined />} href={`/api/v1/terminals/${terminal.id}/sticker.svg`} target="_blank" rel="noreferrer">
          {t("terminal.sticker")}
        </Button>
        {may("registry.edit") && (
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)} data-testid="terminal-edit">
            {t("terminal.edit")}
          </Button>
        )}
        {may("ticket.open") && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: "/tickets/new", search: { serial: terminal.serial_no } })} data-testid="terminal-ticket">
            {t("queue.new")}
          </Button>
        )}
      </span>
    </>
  );
  const side = (
    <>
      <section>
        <h2>{t("fact.binding")}</h2>
        <Binding page={page} />
      </section>
      <CoverageOn page={page} />
      <BindingHistory page={page} />
    </>
  );
  return (
    <DetailPage head={head} side={side}>
      <section>
        <h2>{t("merchant.open_tickets")}</h2>
        <TicketLines tickets={tickets.open} empty="merchant.no_open" />
      </section>
      <section>
        <h2>{t("terminal.life")}</h2>
        <ol className={css.life}>
          {life.map((moment) => (
            <li key={`${moment.on}-${moment.kind}-${moment.sentence.zh}`} data-kind={moment.kind}>
              <time className="num">{moment.on}</time> <span>{pick(moment.sentence)}</span>
            </li>
          ))}
        </ol>
        <p className={css.now}>{binding ? t("terminal.now_at", { store: binding.store_name }) : t("terminal.now_nowhere")}</p>
      </section>
      <section>
        <h2>{t("merchant.recent_tickets")}</h2>
        <TicketLines tickets={tickets.recent.filter((ticket) => ticket.closed_at)} empty="merchant.no_recent" />
      </section>
      {editing && <TerminalDialog page={page} onClose={() => setEditing(false)} />}
    </DetailPage>
  );
}

/** Whether a repair would be free on a chosen day, with every term looked at. */
function CoverageOn({ page: { terminal, coverage, coverage_on } }: { page: Schema<"TerminalPage"> }) {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  return (
    <section>
      <h2 className={css.sideHead}>
        {t("ticket.tab.coverage")}
        <DatePicker
          size="small"
          value={dayjs(coverage_on)}
          allowClear={false}
          aria-label={t("terminal.coverage_on")}
          onChange={(day) => day && void navigate({ to: "/terminals/$id", params: { id: terminal.id }, search: { on: day.format("YYYY-MM-DD") }, replace: true })}
        />
      </h2>
      <p>{pick(coverage.sentence)}</p>
      {coverage.from && <p className={css.dim}>{t("coverage.from", { day: coverage.from })}</p>}
      <Terms terms={coverage.terms} />
    </section>
  );
}
