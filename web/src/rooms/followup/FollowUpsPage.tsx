import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ViewList } from "@ground/list/ViewList";
import { ExportButton } from "@ground/parts/ExportButton";
import { useSession } from "@ground/session/Session";
import { AnswerDialog } from "./AnswerDialog";
import { LISTS, type List } from "./room";

type Row = Schema<"FollowUpRow">;

const route = getRouteApi("/shell/follow-ups");
const idOf = (row: Row) => row.id;

/** Whom to call and ask whether it helped, and what they said. */
export function FollowUpsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const { state = "due" } = route.useSearch();
  const [asking, setAsking] = useState<Row>();
  // Rows stay where they are while a hand is near them; the one just answered need not.
  const [taken, setTaken] = useState(0);
  const list = $api.useInfiniteQuery("get", "/api/v1/follow-ups", { params: { query: { state, limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const rows = useRows<Row>(list);
  const told = state === "answered";
  const open = (row: Row) => (told || !may("follow_up.answer") ? void navigate({ to: "/tickets/$id", params: { id: row.ticket_id } }) : setAsking(row));

  // A shop is mostly named after its merchant; then its own name says both.
  const shop = ({ merchant_name: merchant, store_name: store }: Row) => (merchant && store?.startsWith(merchant) ? store : [merchant, store].filter(Boolean).join(" · ") || "—");
  const person = (row: Row) => [row.contact_name, row.phone_masked].filter(Boolean).join(" ") || "—";
  const stars = (row: Row) => (row.score == null ? "—" : t("follow_up.score", { score: row.score }));
  const when = (row: Row) => f.moment((told ? row.answered_at : row.asked_at) ?? row.due_at);
  const ticket: Column<Row> = {
    key: "ticket",
    title: t("follow_up.ticket"),
    width: "96px",
    render: (row) => (
      <Link to="/tickets/$id" params={{ id: row.ticket_id }} onClick={(event) => event.stopPropagation()}>
        {row.ticket_number}
      </Link>
    ),
  };
  const columns: Column<Row>[] = [
    ticket,
    { key: "subject", title: t("follow_up.subject"), width: "minmax(160px, 1.2fr)", render: (row) => row.subject },
    { key: "shop", title: t("follow_up.shop"), width: "minmax(160px, 1fr)", render: shop },
    ...(told
      ? [
          { key: "stars", title: t("follow_up.stars"), width: "80px", render: stars },
          { key: "comment", title: t("follow_up.comment"), width: "minmax(160px, 1.2fr)", render: (row: Row) => row.comment || "—" },
        ]
      : [{ key: "person", title: t("follow_up.person"), width: "minmax(150px, 0.8fr)", render: person }]),
    { key: "when", title: t(`follow_up.when_${state}`), width: WHEN, render: when },
  ];

  return (
    <ViewList<Row, List>
      title={t("follow_up.title")}
      view={{
        value: state,
        views: LISTS.map((key) => ({ key, label: t(`follow_up.list_${key}`) })),
        onView: (next) => void navigate({ to: "/follow-ups", search: next === "due" ? {} : { state: next }, replace: true }),
      }}
      tools={<ExportButton list="follow-ups" filter={{ state }} />}
      turn={taken}
      list={list}
      nothing={{ title: t(`follow_up.none_${state}`), next: t(`follow_up.none_${state}_next`) }}
      rows={rows}
      id={idOf}
      columns={columns}
      onOpen={open}
      card={(row) => (
        <>
          <div>
            <span className="num">{row.ticket_number}</span> {row.subject}
          </div>
          <div className="meta">{shop(row)}</div>
          <div className="meta">{told ? `${stars(row)} ${row.comment ?? ""}` : person(row)}</div>
          <div className="meta">{t(`follow_up.when_${state}`)} {when(row)}</div>
        </>
      )}
    >
      {asking && <AnswerDialog row={asking} onClose={() => setAsking(undefined)} onDone={() => setTaken(taken + 1)} />}
    </ViewList>
  );
}
