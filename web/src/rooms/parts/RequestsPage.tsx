import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Radio } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@api";
import { $api, LOOK_EVERY } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { ViewList } from "@ground/list/ViewList";
import { FormModal } from "@ground/parts/FormModal";
import { useNarrow } from "@ground/shell/useNarrow";
import { useSession } from "@ground/session/Session";
import { usePartNames } from "@rooms/visit/usePartNames";
import css from "./parts.module.css";
import { StockDrawer } from "./StockDrawer";

type Row = Schema<"PartRequestRow">;
type State = "open" | "over";
const route = getRouteApi("/shell/parts/requests");
const idOf = (row: Row) => row.id;

/** Pieces somebody waits for: what is to be got, and what is to be handed to whom. */
export function RequestsPage() {
  const { t, f } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const kind = usePartNames();
  const { state = "open" } = route.useSearch();
  // On a phone a card has no button: a tap on it ends the waiting.
  const narrow = useNarrow();
  const [looking, setLooking] = useState<string>();
  const [ending, setEnding] = useState<Row>();
  const list = $api.useInfiniteQuery("get", "/api/v1/part-requests", { params: { query: { state, limit: 50 } } }, { ...keyset, refetchInterval: LOOK_EVERY });
  const part = (row: Row) => (row.part_number ? `${row.part_name} ${row.part_number}` : t("request.unlisted", { kind: kind(row.kind), model: row.model ?? "—" }));
  const how = (row: Row) => (row.ended_how ? t(`request.ended.${row.ended_how}`) : t(row.part_id ? `request.why.${row.why}` : "request.why_unlisted"));
  const act = (row: Row) =>
    may("part.manage") &&
    !row.ended_at && (
      <Button
        size="small"
        onClick={(event) => {
          event.stopPropagation();
          setEnding(row);
        }}
        data-testid="request-end"
      >
        {t("request.end")}
      </Button>
    );
  const columns: Column<Row>[] = [
    { key: "since", title: t("request.since"), width: WHEN, render: (row) => f.moment(row.since) },
    { key: "part", title: t("request.part"), width: "minmax(180px, 1.4fr)", render: part },
    { key: "quantity", title: t("stock.quantity"), width: "72px", align: "end", render: (row) => <span className="num">{f.number(row.quantity)}</span> },
    { key: "order", title: t("request.order"), width: "104px", render: (row) => <span className="num">{row.work_order_number}</span> },
    { key: "engineer", title: t("stock.engineer"), width: "112px", render: (row) => row.engineer?.name ?? t("stock.waiting_nobody") },
    { key: "why", title: t("request.what"), width: "minmax(160px, 1fr)", render: (row) => (row.ended_note ? t("request.because", { how: how(row), why: row.ended_note }) : how(row)) },
    state === "over"
      ? { key: "end", title: t("request.ended_at"), width: WHEN, render: (row) => (row.ended_at ? f.moment(row.ended_at) : "") }
      : { key: "act", title: "", width: "96px", align: "end", render: act },
  ];
  return (
    <ViewList<Row, State>
      title={t("request.title")}
      view={{
        value: state,
        views: (["open", "over"] as const).map((key) => ({ key, label: t(`request.state.${key}`) })),
        onView: (next) => void navigate({ to: "/parts/requests", search: next === "over" ? { state: "over" } : {}, replace: true }),
      }}
      tools={<Button onClick={() => void navigate({ to: "/parts" })}>{t("part.title")}</Button>}
      list={list}
      nothing={{ title: t(`request.none_${state}`), next: t("request.none_next") }}
      rows={useRows<Row>(list)}
      id={idOf}
      columns={columns}
      onOpen={(row) => (narrow && may("part.manage") && !row.ended_at ? setEnding(row) : row.part_id ? setLooking(row.part_id) : void navigate({ to: "/parts", search: {} }))}
      card={(row) => (
        <>
          <div className={css.line}>
            <span className={css.oneLine}>{part(row)}</span>
            <span className={`num ${css.whole}`}>{row.work_order_number}</span>
          </div>
          <div className="meta">{`${how(row)} · ${row.engineer?.name ?? t("stock.waiting_nobody")}`}</div>
          <div className="meta num">{f.moment(row.since)}</div>
        </>
      )}
    >
      {looking && <StockDrawer id={looking} onClose={() => setLooking(undefined)} />}
      {ending && <EndDialog row={ending} what={part(ending)} onClose={() => setEnding(undefined)} />}
    </ViewList>
  );
}

type Typed = { how: "done" | "withdrawn"; note?: string };

/** It is seen to, or none will come; the second says why, and the desk reads it. */
function EndDialog({ row, what, onClose }: { row: Row; what: string; onClose: () => void }) {
  const { t } = useWords();
  const cache = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const end = $api.useMutation("post", "/api/v1/part-requests/{id}/end", {
    onSettled: () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/part-requests"] }),
    onSuccess: onClose,
  });
  return (
    <FormModal<Typed>
      title={`${t("request.end")} ${row.work_order_number}`}
      about={row.id}
      lead={what}
      submit={t("request.end_save")}
      form={form}
      initial={{ how: "done" }}
      pending={end.isPending}
      problem={end.error}
      onSubmit={({ how, note }) => end.mutate({ params: { path: { id: row.id } }, body: { how, note: note?.trim() ?? "" } })}
      onClose={onClose}
    >
      <Form.Item name="how" label={t("stock.kind")}>
        <Radio.Group className={css.kinds}>
          {(["done", "withdrawn"] as const).map((one) => (
            <Radio key={one} value={one}>
              {t(`request.ended.${one}`)} <span className="meta">{t(`request.about.${one}`)}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(was: Typed, is: Typed) => was.how !== is.how}>
        {() => {
          const why = form.getFieldValue("how") === "withdrawn";
          return (
            <Form.Item name="note" label={t(why ? "stock.note_why" : "stock.note")} rules={[{ required: why, whitespace: why, message: t("stock.note_missing") }]}>
              <Input maxLength={200} />
            </Form.Item>
          );
        }}
      </Form.Item>
    </FormModal>
  );
}
