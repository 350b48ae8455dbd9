import { Link } from "@tanstack/react-router";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { ChannelLabel } from "@ground/labels/Labels";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./letter.module.css";
import { RegisterForm } from "./RegisterForm";

/** Remarks with words of their own; others belong to programs. */
const worded = new Set(["cut", "charset_guessed", "card_masked", "no_sender", "several_senders", "html_only", "damaged"]);

/** One letter whole: what was written, what a reader should know, and the form when a person has to take it on. */
export function LetterView({ id }: { id: string }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const letter = $api.useQuery("get", "/api/v1/letters/{id}", { params: { path: { id } } });
  if (letter.isPending) return <BlockLoading lines={8} />;
  if (letter.error) return <ProblemPage problem={letter.error} onRetry={() => void letter.refetch()} />;
  const it = letter.data;
  return (
    <article>
      <h3>{it.subject || t("letter.no_subject")}</h3>
      <Facts letter={it} />
      <ul className={`${css.remarks} meta`}>
        {it.remarks
          .filter((r) => worded.has(r))
          .map((r) => (
            <li key={r}>{t(`letter.remark.${r}` as Key)}</li>
          ))}
        {it.attachments.length > 0 && <li title={it.attachments.map((a) => a.name).join(", ")}>{t("letter.attachments", { count: it.attachments.length })}</li>}
        {it.written_at && <li>{t("letter.written_at", { at: f.moment(it.written_at) })}</li>}
      </ul>
      <p className={css.words}>{it.body}</p>
      {it.state === "unreadable" && may("letter.work") && <RegisterForm letter={it} />}
    </article>
  );
}

function Facts({ letter }: { letter: Schema<"LetterPage"> }) {
  const { t, f } = useWords();
  return (
    <dl className={css.facts}>
      <dt>{t("letter.received")}</dt>
      <dd className="num">
        {f.moment(letter.received_at)} <ChannelLabel channel={letter.channel} />
      </dd>
      <dt>{t("letter.from")}</dt>
      <dd>{letter.sender}</dd>
      <dt>{t("letter.state")}</dt>
      <dd>
        {letter.error ?? t(`letter.state.${letter.state}`)}
        {letter.ticket_id && (
          <>
            {" "}
            <Link to="/tickets/$id" params={{ id: letter.ticket_id }}>
              {t("letter.open_ticket")}
            </Link>
          </>
        )}
      </dd>
    </dl>
  );
}
