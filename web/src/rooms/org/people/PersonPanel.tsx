import { App, Button } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "../org.module.css";
import { useAfter, usePerson, usePlaces, type Person } from "./data";
import { EditModal } from "./EditModal";
import { LeaveModal } from "./LeaveModal";
import { LinkSection } from "./LinkSection";
import { RoleModal } from "./RoleModal";
import { SessionList } from "./SessionList";

/** One person: what they may, where they belong, where they are signed in; and what an administrator can do about it. */
export function PersonPanel({ id }: { id: string }) {
  const person = usePerson(id);
  if (person.isPending) return <BlockLoading lines={8} />;
  if (person.error) return <ProblemPage problem={person.error} onRetry={() => void person.refetch()} />;
  return <Shown person={person.data} />;
}

function Shown({ person }: { person: Person }) {
  const { t, f } = useWords();
  const { may, me } = useSession();
  const { branches, partners } = usePlaces();
  const [dialog, setDialog] = useState<"edit" | "role" | "leave">();
  const close = () => setDialog(undefined);
  const manage = may("user.manage");
  return (
    <article>
      <h3>{person.name}</h3>
      <dl className={css.dl}>
        <dt>{t("people.username")}</dt>
        <dd>{person.username}</dd>
        <dt>{t("people.role")}</dt>
        <dd>{t(`role.${person.role}`)}</dd>
        <dt>{t("people.state")}</dt>
        <dd>{t(`people.state.${person.state}`)}</dd>
        <dt>{t("people.email")}</dt>
        <dd>{person.email ?? "—"}</dd>
        <dt>{t("people.branch")}</dt>
        <dd>{branches.find((b) => b.id === person.branch_id)?.name ?? t(person.role === "acquirer" ? "people.own_merchants" : "people.everywhere")}</dd>
        <dt>{t("people.partner")}</dt>
        <dd>{partners.find((p) => p.id === person.partner_id)?.name ?? t("people.own_firm")}</dd>
        <dt>{t("people.second_factor")}</dt>
        <dd>{t(person.second_factor ? "people.yes" : "people.no")}</dd>
        <dt>{t(person.joined_at ? "people.joined" : "people.invited_at")}</dt>
        <dd className="num">{f.moment(person.joined_at ?? person.created_at)}</dd>
        {person.disabled_at && (
          <>
            <dt>{t("people.left")}</dt>
            <dd className="num">{f.moment(person.disabled_at)}</dd>
          </>
        )}
      </dl>
      {manage && (
        <div className={css.actions}>
          <Button onClick={() => setDialog("edit")}>{t("people.edit")}</Button>
          {person.state !== "disabled" && person.id !== me.id && <Button onClick={() => setDialog("role")}>{t("people.change_role")}</Button>}
          {person.second_factor && <FactorButton person={person} />}
          {person.state === "disabled" && <ReturnButton person={person} />}
        </div>
      )}
      {manage && person.state !== "disabled" && <LinkSection person={person} />}
      {manage && person.state === "active" && <SessionList id={person.id} name={person.name} />}
      {manage && person.state !== "disabled" && person.id !== me.id && (
        <div className={css.apart}>
          <Button danger onClick={() => setDialog("leave")}>
            {t("people.leave")}
          </Button>
        </div>
      )}
      {dialog === "edit" && <EditModal person={person} onClose={close} />}
      {dialog === "role" && <RoleModal person={person} onClose={close} />}
      {dialog === "leave" && <LeaveModal person={person} onClose={close} />}
    </article>
  );
}

function ReturnButton({ person }: { person: Person }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const back = $api.useMutation("post", "/api/v1/users/{id}/enable", useAfter(person.id, () => void message.success(t("people.returned"))));
  return (
    <>
      <Button loading={back.isPending} onClick={() => back.mutate({ params: { path: { id: person.id } }, body: { version: person.version } })}>
        {t("people.return")}
      </Button>
      {back.error && <ProblemLine problem={back.error} />}
    </>
  );
}

/** When phone and recovery codes are lost. Everything they are signed in with ends. */
function FactorButton({ person }: { person: Person }) {
  const { t } = useWords();
  const { message, modal } = App.useApp();
  const remove = $api.useMutation("post", "/api/v1/users/{id}/second-factor/remove", useAfter(person.id, () => void message.success(t("people.factor_removed"))));
  const ask = () =>
    modal.confirm({
      title: t("people.factor_title", { name: person.name }),
      content: t("people.factor_why"),
      okText: t("people.factor_remove"),
      cancelText: t("action.cancel"),
      onOk: () => remove.mutateAsync({ params: { path: { id: person.id } }, body: {} }).catch(() => {}),
    });
  return (
    <>
      <Button onClick={ask}>{t("people.factor_remove")}</Button>
      {remove.error && <ProblemLine problem={remove.error} />}
    </>
  );
}
