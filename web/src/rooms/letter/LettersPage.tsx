import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ChannelLabel } from "@ground/labels/Labels";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ViewList } from "@ground/list/ViewList";
import { ExportButton } from "@ground/parts/ExportButton";
import { SidePanel } from "@ground/parts/SidePanel";
import css from "./letter.module.css";
import { LetterView } from "./LetterView";
import type { LetterSearch } from "./room";

type Row = Schema<"LetterRow">;

const route = getRouteApi("/shell/letters");
const idOf = (row: Row) => row.id;

/** Letters as received. What nobody could read waits in front until a person registers it. */
export function LettersPage() {
  const { t, f } = useWords();
  const { view: chosen, open } = route.useSearch();
  const view = chosen ?? "unreadable";
  const navigate = useNavigate();
  const search = (next: LetterSearch) => void navigate({ to: "/letters", search: next, replace: true });
  const show = (id?: string) => search({ ...(chosen && { view: chosen }), ...(id && { open: id }) });
  const list = $api.useInfiniteQuery("get", "/api/v1/letters", { params: { query: { view, limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const rows = useRows<Row>(list);

  const columns: Column<Row>[] = [
    { key: "received", title: t("letter.received"), width: WHEN, render: (row) => <time dateTime={row.received_at} title={f.full(row.received_at)}>{f.ago(row.received_at)}</time> },
    { key: "channel", title: t("letter.channel"), width: "104px", render: (row) => <ChannelLabel channel={row.channel} /> },
    { key: "sender", title: t("letter.from"), width: "minmax(120px, 200px)", render: (row) => row.sender },
    {
      key: "words",
      title: t("letter.words"),
      width: "minmax(200px, 1fr)",
      render: (row) => (
        <>
          {row.subject && <strong>{row.subject} </strong>}
          <span className={css.preview}>{row.preview}</span>
        </>
      ),
    },
    { key: "state", title: t("letter.state"), width: view === "all" ? "112px" : "minmax(160px, 320px)", render: (row) => row.error ?? t(`letter.state.${row.state}`) },
  ];

  return (
    <ViewList<Row, "unreadable" | "all">
      title={t("letter.title")}
      view={{
        value: view,
        views: (["unreadable", "all"] as const).map((key) => ({ key, label: t(`letter.view_${key}`) })),
        onView: (next) => search(next === "all" ? { view: "all" } : {}),
      }}
      tools={<ExportButton list="letters" filter={{ unreadable: view === "unreadable" ? "true" : undefined }} />}
      side={
        <SidePanel open={open !== undefined} title={t("letter.title")} onClose={() => show()}>
          {open && <LetterView id={open} />}
        </SidePanel>
      }
      list={list}
      nothing={{ title: t(`letter.empty_${view}`), next: t(`letter.empty_${view}_next`) }}
      rows={rows}
      id={idOf}
      columns={columns}
      openId={open}
      onOpen={(row) => show(row.id)}
      onPeek={(row) => show(row.id === open ? undefined : row.id)}
      card={(row) => (
        <>
          <div className={css.cardTop}>
            <ChannelLabel channel={row.channel} /> <span className="meta">{f.ago(row.received_at)}</span>
          </div>
          <div className={css.line}>{row.subject || row.preview}</div>
          <div className={`${css.line} meta`}>{row.error ?? row.sender}</div>
        </>
      )}
    />
  );
}
