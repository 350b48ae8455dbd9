import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { useNamed } from "@rooms/ticket/page/useNamed";
import css from "../org.module.css";
import { changesOf, useSaid, type Line } from "./said";

/** One change whole: each field before and after, and the hash that holds the chain together. */
export function AuditLine({ line, onSubject }: { line: Line; onSubject: () => void }) {
  const { t, f } = useWords();
  const said = useSaid();
  const names = useNamed();
  const shown = (field: string, value: unknown) => {
    const words = said.value(field, line.subject, value, names);
    // What has no words is shown as it was written; what has, still says on hovering what that was.
    return words === undefined ? <pre>{JSON.stringify(value, null, 1)}</pre> : <span title={typeof value === "string" && words !== value ? value : undefined}>{words}</span>;
  };
  return (
    <article>
      <h3>{said.action(line.action)}</h3>
      <dl className={css.dl}>
        <dt>{t("audit.at")}</dt>
        <dd className="num">{f.full(line.at)}</dd>
        <dt>{t("audit.who")}</dt>
        <dd>
          {said.who(line)} <CopyNumber value={line.caller} mono />
        </dd>
        <dt>{t("audit.subject")}</dt>
        <dd>
          {line.subject.startsWith("tkt_") ? (
            <Link to="/tickets/$id" params={{ id: line.subject }}>
              {said.about(line)}
            </Link>
          ) : (
            said.about(line)
          )}{" "}
          <CopyNumber value={line.subject} mono />
        </dd>
        <dt>{t("audit.hash")}</dt>
        <dd>
          <CopyNumber value={line.hash} shown={`${line.hash.slice(0, 8)}…${line.hash.slice(-8)}`} mono />
        </dd>
      </dl>
      <Button onClick={onSubject}>{t("audit.only_this")}</Button>
      <table className={css.changes}>
        <thead>
          <tr>
            <th scope="col">{t("audit.field")}</th>
            <th scope="col">{t("audit.before")}</th>
            <th scope="col">{t("audit.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changesOf(line).map((change) => (
            <tr key={change.field}>
              <th scope="row">{said.field(change.field)}</th>
              <td>{shown(change.field, change.before)}</td>
              <td>{shown(change.field, change.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}
