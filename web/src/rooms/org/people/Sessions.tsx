import type { ReactNode } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "../org.module.css";

type Session = Schema<"Session">;

/** What a program calls itself, cut down to what people recognise. */
const browser = (agent: string) => /(Edg|Firefox|MicroMessenger|Chrome|Safari|curl)[/ ]([\d]+)/.exec(agent)?.slice(1, 3).join(" ") ?? agent.slice(0, 40);
const device = (agent: string) => /(iPhone|iPad|Android|Windows|Macintosh|Linux)/.exec(agent)?.[1];

/** Sessions that live, one a line. */
export function Sessions({ items, end }: { items: readonly Session[]; end?: (session: Session) => ReactNode }) {
  const { t, f } = useWords();
  if (items.length === 0) return <p className="meta">{t("people.no_session")}</p>;
  return (
    <ul className={css.sessions}>
      {items.map((session) => (
        <li key={session.id}>
          <span title={session.agent ?? undefined}>
            {session.agent ? [browser(session.agent), device(session.agent)].filter(Boolean).join(" · ") : t("people.program")}
            {session.current && ` · ${t("people.this_one")}`}
          </span>
          <span className="meta num">
            {session.address} · {t("people.since", { at: f.moment(session.created_at) })}
          </span>
          {end?.(session)}
        </li>
      ))}
    </ul>
  );
}
