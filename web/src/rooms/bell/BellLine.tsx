import { AlertOutlined, AuditOutlined, ClockCircleOutlined, EditOutlined, FieldTimeOutlined, FlagOutlined, HourglassOutlined, MessageOutlined, RollbackOutlined, StopOutlined, SwapOutlined, UserOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import type { Bell } from "./data";
import css from "./bell.module.css";

const faces = { mention: UserOutlined, message: MessageOutlined, reply: EditOutlined, state: FlagOutlined, time: ClockCircleOutlined, quote: AuditOutlined, promise: AlertOutlined, after_due: AlertOutlined, passed_around: SwapOutlined, called_off: StopOutlined, taken_back: RollbackOutlined, due: HourglassOutlined, late: FieldTimeOutlined } as const;

/** Those whose words are a time, from and to. */
const timed: ReadonlySet<Bell["kind"]> = new Set(["time", "promise", "after_due", "called_off", "taken_back"]);

/** Those for an engineer: their visits are on the phone, where the case itself is not. */
const ofField: ReadonlySet<Bell["kind"]> = new Set(["called_off", "taken_back"]);

/** One notification: who did what, on which ticket, the first words. Unread by a mark and by weight, not by colour alone. */
export function BellLine({ bell, onOpen }: { bell: Bell; onOpen: () => void }) {
  const { t, f } = useWords();
  const Face = faces[bell.kind];
  const words = () => {
    if (bell.kind === "due" || bell.kind === "late") {
      const [clock, until] = bell.preview.split("/");
      return [t(`clock_kind.${clock}` as Key), until ? t("bell.until", { time: f.full(until) }) : ""].join(" ");
    }
    if (bell.kind === "passed_around") return t("bell.times", { count: bell.preview });
    if (bell.kind === "quote") {
      const [answer, fen] = bell.preview.split("/");
      return t(answer === "yes" ? "bell.quote_yes" : "bell.quote_no", { amount: f.money(Number(fen)) });
    }
    if (bell.kind === "state") return t(`ticket_state.${bell.preview}` as Key);
    const [from, to] = timed.has(bell.kind) ? bell.preview.split("/") : [];
    return from && to ? f.span(from, to) : bell.preview;
  };
  return (
    <Link {...(ofField.has(bell.kind) ? { to: "/field" } : { to: "/tickets/$id", params: { id: bell.ticket_id }, search: {} })} className={css.line} data-unread={!bell.read_at || undefined} onClick={onOpen} data-row={bell.id}>
      <Face aria-hidden />
      <span className={css.text}>
        <span className={css.what}>
          {!bell.read_at && <span className="visually-hidden">{t("bell.unread")} </span>}
          {t(`bell.${bell.kind}`, { who: bell.by_name || t("line.house") })} <span className="num">T-{String(bell.number).padStart(6, "0")}</span>
        </span>
        <span className={css.words}>
          {words()} <span className={css.subject}>{bell.subject}</span>
        </span>
      </span>
      <time className={css.time} dateTime={bell.at} title={f.full(bell.at)}>
        {f.ago(bell.at)}
      </time>
    </Link>
  );
}
