import { CopyOutlined } from "@ant-design/icons";
import { Alert, App, Button, Drawer, Segmented } from "antd";
import type { ClockKind, Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ClockBadge } from "@ground/labels/ClockBadge";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { ClockLines } from "./ClockLines";
import { asText } from "./asText";
import css from "./clock.module.css";
import { Ribbon } from "./Ribbon";

type Props = {
  /** Whose clocks; the drawer is closed without it. */
  ticket: string | null;
  kind: ClockKind;
  onKind: (kind: ClockKind) => void;
  onClose: () => void;
};

const kinds = ["first_response", "resolution"] as const;

/** Why a clock shows what it shows: the sum in one sentence, one ribbon, one line per stretch of time. */
export function ClockDrawer({ ticket, kind, onKind, onClose }: Props) {
  const { t } = useWords();
  return (
    <Drawer open={ticket !== null} onClose={onClose} title={t("clock_page.title")} size={Math.min(720, window.innerWidth)} destroyOnHidden>
      <Segmented block value={kind} onChange={onKind} options={kinds.map((k) => ({ value: k, label: t(`clock_page.${k}`) }))} />
      {ticket && <Account ticket={ticket} kind={kind} />}
    </Drawer>
  );
}

function Account({ ticket, kind }: { ticket: string; kind: ClockKind }) {
  const clock = $api.useQuery("get", "/api/v1/tickets/{id}/clocks/{kind}", { params: { path: { id: ticket, kind } } }, { refetchInterval: 60_000, staleTime: 0 });
  if (clock.isPending) return <BlockLoading lines={8} />;
  if (clock.error) return <ProblemPage problem={clock.error} onRetry={() => void clock.refetch()} />;
  return <Explained it={clock.data} />;
}

function Explained({ it }: { it: Schema<"ClockExplain"> }) {
  const words = useWords();
  const { t, f, pick } = words;
  const { message } = App.useApp();
  const copy = () => void navigator.clipboard.writeText(asText(it, words)).then(() => message.success(t("action.copied")));
  return (
    <div className={css.account}>
      <header className={css.headline}>
        <p>{pick(it.headline)}</p>
        <ClockBadge clock={it.clock} />
      </header>
      <p className="meta">
        {pick(it.agreement_name)} · {pick(it.calendar)}
      </p>
      {it.unofficial_years.length > 0 && <Alert type="warning" showIcon title={t("clock_page.unofficial", { years: it.unofficial_years.join(t("list.comma")) })} />}
      {!it.recomputed_equal && <Alert type="error" showIcon title={t("clock_page.differs")} />}
      <Ribbon lines={it.lines} now={it.clock.computed_at} />
      <ClockLines lines={it.lines} />
      {it.changes.length > 0 && (
        <section>
          <h3>{t("clock_page.changes")}</h3>
          <ul className={css.plain}>
            {it.changes.map((change) => (
              <li key={change.at + change.sentence.zh}>
                <time className="num">{f.moment(change.at)}</time> {pick(change.sentence)}
              </li>
            ))}
          </ul>
        </section>
      )}
      {it.warnings.length > 0 && (
        <section>
          <h3>{t("clock_page.warnings")}</h3>
          <ul className={css.plain}>
            {it.warnings.map((warning) => (
              <li key={`${warning.cycle}-${warning.percent}`} className="num">
                {t("clock_page.reached", { percent: warning.percent, at: f.moment(warning.at) })}
              </li>
            ))}
          </ul>
        </section>
      )}
      <footer className={css.foot}>
        {it.recomputed_equal && <span className="meta">{t("clock_page.equal", { at: f.clock(it.clock.computed_at) })}</span>}
        <Button icon={<CopyOutlined />} onClick={copy}>
          {t("clock_page.copy")}
        </Button>
      </footer>
    </div>
  );
}
