import { CommentOutlined, EyeOutlined, LockOutlined, RollbackOutlined } from "@ant-design/icons";
import type { TicketLine } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { ChannelLabel } from "@ground/labels/Labels";
import { FileList } from "./FileList";
import css from "./timeline.module.css";

const faces = { message: CommentOutlined, reply: RollbackOutlined, note: LockOutlined } as const;

/**
 * One line of the timeline. What the merchant sees and what stays inside differ by icon, word and pattern, not by tint alone;
 * what merely happened stays small.
 */
export function Line({ line }: { line: TicketLine }) {
  const { t, f, pick } = useWords();
  const time = (
    <time dateTime={line.at} title={f.full(line.at)} className={css.time}>
      {f.clock(line.at)}
    </time>
  );
  if (line.kind === "event") {
    return (
      <div className={css.event} data-kind="event">
        {time}
        <span>{pick(line.event?.sentence)}</span>
        {line.public && <EyeOutlined title={t("line.merchant_sees")} aria-label={t("line.merchant_sees")} />}
      </div>
    );
  }
  const Face = faces[line.kind];
  return (
    <article className={css[line.kind]} data-kind={line.kind}>
      <header className={css.lineHead}>
        {time}
        <span className={css.kindWord}>
          <Face aria-hidden /> {t(`line.${line.kind}`)}
        </span>
        <span className={css.author}>{line.author_name || t("line.house")}</span>
        {line.channel && <ChannelLabel channel={line.channel} />}
        {line.delivery && (
          <span className={css.delivery} data-delivery={line.delivery.state}>
            {line.delivery.state === "ready" && line.delivery.held && !line.delivery.exception ? t("delivery.until", { at: f.moment(line.delivery.at) }) : t(`delivery.${line.delivery.state}` as Key)}
            {line.delivery.exception && ` · ${t(`delivery.exception.${line.delivery.exception}`, { reason: line.delivery.reason ?? "" })}`}
          </span>
        )}
      </header>
      <p className={css.words}>{line.body}</p>
      <FileList files={line.files} />
    </article>
  );
}
