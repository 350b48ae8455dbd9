import { Button } from "antd";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "../org.module.css";
import type { Person } from "./data";

/** A link to join, or to choose a new password: by mail, or shown once to be handed over. Nobody ever learns a password of somebody else. */
export function LinkSection({ person }: { person: Person }) {
  const { t, f } = useWords();
  const link = $api.useMutation("post", "/api/v1/users/{id}/link", { retry: 0, gcTime: 0 });
  const ask = (by: "mail" | "shown") => link.mutate({ params: { path: { id: person.id } }, body: { by } });
  const made = link.data;
  return (
    <section className={css.part}>
      <h3>{t(person.state === "invited" ? "people.link_invite" : "people.link_reset")}</h3>
      <div className={css.actions}>
        <Button disabled={!person.email} loading={link.isPending && link.variables.body.by === "mail"} onClick={() => ask("mail")}>
          {t("people.link_mail")}
        </Button>
        <Button loading={link.isPending && link.variables.body.by === "shown"} onClick={() => ask("shown")}>
          {t("people.link_show")}
        </Button>
      </div>
      {made?.mailed_to && <p role="status">{t("people.link_mailed", { to: made.mailed_to })}</p>}
      {made?.link && (
        <div role="status" className={css.link}>
          <p>{t("people.link_once", { until: made.expires_at ? f.moment(made.expires_at) : "" })}</p>
          <CopyNumber value={made.link} mono />
        </div>
      )}
      {link.error && <ProblemLine problem={link.error} />}
    </section>
  );
}
