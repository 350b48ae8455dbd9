import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useCallback, useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Column } from "@ground/list/DataList";
import { PagedList } from "@ground/list/PagedList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ExportButton } from "@ground/parts/ExportButton";
import { SearchField } from "@ground/parts/SearchField";
import { ListPage } from "@ground/parts/ListPage";
import { SidePanel } from "@ground/parts/SidePanel";
import { ViewTabs } from "@ground/parts/ViewTabs";
import { useSession } from "@ground/session/Session";
import { ImportButton } from "@rooms/import/ImportButton";
import { OrgNav } from "../OrgNav";
import css from "../org.module.css";
import { userStates, type PeopleSearch } from "../room";
import { roles, usePlaces, type PersonRow } from "./data";
import { InviteModal } from "./InviteModal";
import { PersonPanel } from "./PersonPanel";

const route = getRouteApi("/shell/people");
const idOf = (row: PersonRow) => row.id;

/** Who works here: who can sign in, who was asked to join, who has left. */
export function PeoplePage() {
  const { t } = useWords();
  const { may } = useSession();
  const search = route.useSearch();
  const navigate = useNavigate();
  const go = (next: PeopleSearch) => void navigate({ to: "/people", search: next, replace: true });
  const { open, ...filter } = search;
  const show = (id?: string) => go({ ...filter, ...(id && { open: id }) });
  const [inviting, setInviting] = useState(false);
  const { state: kept, role } = search;
  const look = useCallback((q: string) => void navigate({ to: "/people", search: { ...(kept && { state: kept }), ...(role && { role }), ...(q && { q }) }, replace: true }), [navigate, kept, role]);
  const list = $api.useInfiniteQuery("get", "/api/v1/users", { params: { query: { limit: 100, ...filter } } }, keyset);
  const rows = useRows<PersonRow>(list);
  const { branches, partners } = usePlaces();
  // Somebody of a bank sees its own merchants, wherever they are.
  const place = (row: PersonRow) => branches.find((b) => b.id === row.branch_id)?.name ?? t(row.role === "acquirer" ? "people.own_merchants" : "people.everywhere");
  const firm = (row: PersonRow) => partners.find((p) => p.id === row.partner_id)?.name ?? t("people.own_firm");

  const columns: Column<PersonRow>[] = [
    { key: "name", title: t("people.name"), width: "minmax(96px, 1fr)", render: (row) => row.name },
    { key: "username", title: t("people.username"), width: "minmax(96px, 1fr)", render: (row) => row.username },
    { key: "role", title: t("people.role"), width: "120px", render: (row) => t(`role.${row.role}`) },
    // Where nothing is divided yet, everybody's would be the same.
    ...(branches.length > 0 ? [{ key: "branch", title: t("people.branch"), width: "minmax(96px, 1fr)", render: place }] : []),
    ...(partners.length > 0 ? [{ key: "partner", title: t("people.partner"), width: "minmax(96px, 1fr)", render: firm }] : []),
  ];
  const state = search.state ?? "active";

  return (
    <ListPage
      nav={<OrgNav />}
      title={t("people.title")}
      tools={
        <>
          <ViewTabs value={state} onView={(next) => go(next === "active" ? {} : { state: next })} views={userStates.map((key) => ({ key, label: t(`people.state.${key}`) }))} />
          <SearchField q={search.q} onSearch={look} hint={t("people.search")} testId="people-search" />
          <Select
            allowClear
            style={{ minWidth: 120 }}
            placeholder={t("people.all_roles")}
            aria-label={t("people.role")}
            value={search.role}
            onChange={(role) => go({ ...(search.state && { state: search.state }), ...(search.q && { q: search.q }), ...(role && { role }) })}
            options={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
          />
          <ExportButton list="users" filter={{ q: search.q, role: search.role, state }} />
          <ImportButton kind="users" />
          {may("user.manage") && (
            <Button type="primary" onClick={() => setInviting(true)} data-testid="invite">
              {t("people.invite")}
            </Button>
          )}
        </>
      }
      side={
        <SidePanel open={open !== undefined} title={t("people.person")} onClose={() => show()}>
          {open && <PersonPanel key={open} id={open} />}
        </SidePanel>
      }
    >
      <PagedList
        list={list}
        nothing={{ kind: search.q || search.role ? "no_match" : "empty", title: t("people.nothing"), next: t("people.nothing_next") }}
        label={t("people.title")}
        rows={rows}
        id={idOf}
        columns={columns}
        openId={open}
        onOpen={(row) => show(row.id)}
        onPeek={(row) => show(row.id === open ? undefined : row.id)}
        card={(row) => (
          <>
            <div className={css.cardTop}>
              <span>{row.name}</span> <span>{t(`role.${row.role}`)}</span>
            </div>
            <div className="meta">
              {row.username} · {place(row)}
            </div>
          </>
        )}
      />
      {inviting && <InviteModal onClose={() => setInviting(false)} onDone={(id) => go({ state: "invited", open: id })} />}
    </ListPage>
  );
}
