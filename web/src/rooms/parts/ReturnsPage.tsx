import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ViewList } from "@ground/list/ViewList";
import css from "./parts.module.css";
import { ReturnDrawer } from "./ReturnDrawer";
import { DAYS_TO_BRING, useReturnWords } from "./returns";

type Row = Schema<"PartReturnRow">;
const states = ["carried", "here", "at_vendor", "over"] as const;
type State = (typeof states)[number];
const route = getRouteApi("/shell/parts/returns");
const idOf = (row: Row) => row.id;

/** What was taken out at shops: who still carries it, what is to be tested, what is with a vendor, what became of the rest. */
export function ReturnsPage() {
  const { t, f } = useWords();
  const navigate = useNavigate();
  const { what, where } = useReturnWords();
  const { state = "carried", open } = route.useSearch();
  const list = $api.useInfiniteQuery("get", "/api/v1/part-returns", { params: { query: { state, limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const show = (next: State, id?: string) => void navigate({ to: "/parts/returns", search: { ...(next !== "carried" && { state: next }), ...(id && { open: id }) }, replace: !id });
  const late = (row: Row) => row.late && <span className={css.low}>{t("return.late", { days: f.number(DAYS_TO_BRING) })}</span>;
  const serial = (row: Row) => (row.serial_no ? <span className={css.number}>{row.serial_no}</span> : <span className="meta">{t("return.no_serial")}</span>);
  const last: Record<State, Column<Row>[]> = {
    carried: [{ key: "late", title: "", width: "minmax(120px, 1fr)", render: late }],
    here: [{ key: "finding", title: t("return.finding"), width: "minmax(120px, 1fr)", render: where }],
    at_vendor: [{ key: "vendor", title: t("return.vendor_ref"), width: "minmax(140px, 1fr)", render: (row) => <span className={css.number}>{row.vendor_ref}</span> }],
    over: [{ key: "end", title: t("return.ended"), width: "minmax(140px, 1fr)", render: where }],
  };
  const columns: Column<Row>[] = [
    { key: "since", title: t(state === "over" ? "return.ended_at" : "return.since"), width: WHEN, render: (row) => f.moment(row.ended_at ?? row.changed_at) },
    { key: "tag", title: t("return.tag"), width: "120px", render: (row) => <span className={css.number}>{row.tag}</span> },
    { key: "what", title: t("return.what"), width: "minmax(160px, 1.4fr)", render: what },
    { key: "serial", title: t("return.serial"), width: "152px", render: serial },
    { key: "engineer", title: t("return.engineer"), width: "112px", render: (row) => row.engineer.name },
    ...last[state],
  ];
  return (
    <ViewList<Row, State>
      title={t("return.title")}
      view={{ value: state, views: states.map((key) => ({ key, label: t(`return.state.${key}`) })), onView: (next) => show(next) }}
      tools={<Button onClick={() => void navigate({ to: "/parts" })}>{t("part.title")}</Button>}
      list={list}
      nothing={{ title: t(`return.none_${state}`), next: t("return.none_next") }}
      rows={useRows<Row>(list)}
      id={idOf}
      columns={columns}
      onOpen={(row) => show(state, row.id)}
      card={(row) => (
        <>
          <div className={css.line}>
            <span className={css.oneLine}>{what(row)}</span>
            <span className={`${css.number} ${css.whole}`}>{row.tag}</span>
          </div>
          <div className="meta">{`${row.engineer.name} · ${where(row)}`}</div>
          <div className="meta num">
            {f.moment(row.ended_at ?? row.changed_at)} {late(row)}
          </div>
        </>
      )}
    >
      {open && <ReturnDrawer key={open} id={open} onClose={() => show(state)} />}
    </ViewList>
  );
}
