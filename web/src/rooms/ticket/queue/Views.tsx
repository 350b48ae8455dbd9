import { MoreOutlined, SaveOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useOffer } from "@ground/palette/commands";
import { NavRow } from "@ground/parts/NavRow";
import { useSentence } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useDeskViews } from "../data";
import { isAs, searchOf, viewBody, type QueueSearch } from "../search";
import { countOf, views } from "../views";
import css from "./queue.module.css";
import { SaveView } from "./SaveView";

type DeskView = Schema<"DeskView">;
type Props = { search: QueueSearch; counts: Schema<"TicketCounts"> | undefined; onSearch: (search: QueueSearch) => void };

const groups = ["own", "team", "public"] as const;

/** The queues, and the lists people keep under a name, with what stands in each; every count leads to its rows. */
export function Views({ search, counts, onSearch }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const mayKeep = may("desk_view.keep");
  const kept = useDeskViews(mayKeep);
  const saved = kept.data?.items ?? [];
  const [asked, setAsked] = useState<DeskView | "new" | null>(null);
  const here = saved.find((view) => view.id === search.saved);
  const plain = search.q === undefined && search.saved === undefined;
  // The palette's list is built once per state of the lists; what it starts is always the page as it is now.
  const starter = useRef(onSearch);
  useEffect(() => {
    starter.current = onSearch;
  });
  const view = search.view ?? "open";
  const offer = useMemo(
    () => ({
      about: t(`queue.view.${view}`),
      group: t("palette.lists"),
      commands: [
        ...(mayKeep ? [{ id: "keep", label: t("view.save"), run: () => setAsked("new") }] : []),
        ...views.map((name) => ({ id: name, label: t(`queue.view.${name}`), run: () => starter.current(name === "open" ? {} : { view: name }) })),
        ...(kept.data?.items ?? []).map((one) => ({ id: one.id, label: one.name, run: () => starter.current(searchOf(one)) })),
      ],
    }),
    [t, view, mayKeep, kept.data],
  );
  useOffer(offer);
  const count = (n: number | null | undefined) => (n === undefined || n === null ? "" : f.upTo(n, 999));
  return (
    <NavRow className={css.views} label={t("queue.views")}>
      {views.map((name) => (
        <Button key={name} type="text" className={css.view} aria-current={plain && name === (search.view ?? "open") ? "page" : undefined} onClick={() => onSearch(name === "open" ? {} : { view: name })} data-testid={`view-${name}`}>
          <span>{t(`queue.view.${name}`)}</span>
          <span className={css.viewCount}>{count(countOf(counts, name))}</span>
        </Button>
      ))}
      {may("ticket.work") && (
        <Link to="/tasks" className={css.tasksLink} data-testid="view-tasks">
          {t("tasks.title")}
        </Link>
      )}
      {groups.map((share) => {
        const some = saved.filter((view) => view.share === share);
        if (some.length === 0) return null;
        return (
          <section key={share} className={css.viewGroup} aria-label={t(`share.${share}`)}>
            <h2>{t(`share.${share}`)}</h2>
            {some.map((view) => (
              <div key={view.id} className={css.savedView}>
                <Button type="text" className={css.view} title={view.name} aria-current={view.id === search.saved && search.q === undefined ? "page" : undefined} onClick={() => onSearch(searchOf(view))} data-testid="saved-view">
                  <span className={css.viewName}>{view.name}</span>
                  <span className={css.viewCount}>{count(view.count)}</span>
                </Button>
                {view.may_change && <Actions view={view} mine={some.filter((v) => v.may_change)} search={search} onEdit={() => setAsked(view)} onGone={() => view.id === search.saved && onSearch({})} />}
              </div>
            ))}
          </section>
        );
      })}
      {mayKeep && search.q === undefined && (
        <Button type="text" icon={<SaveOutlined />} className={css.keepView} onClick={() => setAsked("new")} data-testid="view-save">
          {here && !isAs(search, here) ? t("view.save_as") : t("view.save")}
        </Button>
      )}
      {asked && (
        <SaveView
          search={search}
          {...(asked !== "new" && { view: asked })}
          onClose={() => setAsked(null)}
          onSaved={(view) => {
            setAsked(null);
            onSearch(searchOf(view));
          }}
        />
      )}
    </NavRow>
  );
}

type ActionsProps = { view: DeskView; mine: readonly DeskView[]; search: QueueSearch; onEdit: () => void; onGone: () => void };

/** What can be done with a view one may change. */
function Actions({ view, mine, search, onEdit, onGone }: ActionsProps) {
  const { t } = useWords();
  const sentence = useSentence();
  const { me } = useSession();
  const { message, modal } = App.useApp();
  const cache = useQueryClient();
  const after = {
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/desk-views"] }),
    onError: (problem: Schema<"Problem">) => void message.warning(sentence(problem)),
  };
  const change = $api.useMutation("patch", "/api/v1/desk-views/{id}", after);
  const order = $api.useMutation("put", "/api/v1/desk-views/order", after);
  const remove = $api.useMutation("delete", "/api/v1/desk-views/{id}", { ...after, onSuccess: () => (after.onSuccess(), onGone()) });
  const own = mine.filter((v) => v.keeper_id === me.id);
  const at = own.indexOf(view);
  const move = (by: number) => {
    const ids = own.map((v) => v.id);
    ids.splice(at, 1);
    ids.splice(at + by, 0, view.id);
    order.mutate({ body: { ids } });
  };
  const changed = search.saved === view.id && !isAs(search, view);
  const path = { path: { id: view.id } };
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          ...(changed ? [{ key: "update", label: t("view.update"), onClick: () => change.mutate({ params: path, body: { version: view.version, ...viewBody(search) } }) }] : []),
          { key: "edit", label: t("view.edit"), onClick: onEdit },
          ...(at > 0 ? [{ key: "up", label: t("view.up"), onClick: () => move(-1) }] : []),
          ...(at >= 0 && at < own.length - 1 ? [{ key: "down", label: t("view.down"), onClick: () => move(1) }] : []),
          { type: "divider" },
          {
            key: "remove",
            danger: true,
            label: t("view.remove"),
            onClick: () => void modal.confirm({ title: t("view.remove_ask", { name: view.name }), content: t(`view.remove_${view.share}`), okText: t("view.remove"), okButtonProps: { danger: true }, cancelText: t("action.cancel"), onOk: () => remove.mutateAsync({ params: path }) }),
          },
        ],
      }}
    >
      <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t("view.actions", { name: view.name })} data-testid="view-actions" />
    </Dropdown>
  );
}
