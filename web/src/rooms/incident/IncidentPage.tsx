import { ArrowLeftOutlined } from "@ant-design/icons";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { Broadcasts } from "./Broadcasts";
import { useIncident } from "./data";
import css from "./incident.module.css";
import { Reporters } from "./Reporters";
import { ResolveDialog } from "./ResolveDialog";
import { Scope } from "./Scope";
import { TellDialog } from "./TellDialog";

const route = getRouteApi("/shell/incidents/$id");

/** One incident: what it is about, who reported it, what they were told together, how it ended. */
export function IncidentPage() {
  const { id } = route.useParams();
  const incident = useIncident(id);
  if (incident.isPending) return <BlockLoading lines={12} />;
  if (incident.error && !incident.data) return <ProblemPage problem={incident.error} onRetry={() => void incident.refetch()} />;
  return <Whole page={incident.data} />;
}

function Whole({ page }: { page: Schema<"IncidentPage"> }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<"tell" | "resolve" | null>(null);
  const { incident } = page;
  const telling = page.broadcasts.some((b) => !b.done_at);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t("incident.back")} title={t("incident.back")} onClick={() => void navigate({ to: "/incidents" })} />
        <CopyNumber value={incident.number} />
        <h1>{incident.title}</h1>
        {may("incident.tell") && (
          <div className={css.commands}>
            <Button type="primary" disabled={incident.reporters === 0 || telling} title={telling ? t("incident.still_telling") : undefined} onClick={() => setAsked("tell")} data-testid="incident-tell">
              {t("incident.tell")}
            </Button>
            {incident.state === "open" && (
              <Button onClick={() => setAsked("resolve")} data-testid="incident-resolve">
                {t("incident.resolve")}
              </Button>
            )}
          </div>
        )}
      </header>
      <p className={css.standing}>
        <strong>{t(`incident.state.${incident.state}`)}</strong>
        <span>
          <Scope row={incident} />
        </span>
        <span className="num">{t("incident.opened", { by: incident.opened_by, at: f.moment(incident.opened_at) })}</span>
        {incident.resolved_at && <span className="num">{t("incident.resolved", { by: page.resolved_by ?? "", at: f.moment(incident.resolved_at) })}</span>}
      </p>
      {page.resolution && <p className={css.resolution}>{page.resolution}</p>}
      <div className={css.columns}>
        <section className={css.main}>
          <h2>{t("incident.reporters_count", { open: incident.reporters_open, all: incident.reporters })}</h2>
          <Reporters page={page} />
        </section>
        <section className={css.side}>
          <h2>{t("incident.told")}</h2>
          <Broadcasts page={page} />
          <p className="meta">{t("incident.told_rule")}</p>
          <Link to="/tickets">{t("incident.to_queue")}</Link>
        </section>
      </div>
      {asked === "tell" && <TellDialog page={page} onClose={() => setAsked(null)} />}
      {asked === "resolve" && <ResolveDialog page={page} onClose={() => setAsked(null)} />}
    </div>
  );
}
