import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { WHEN, type Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { Dialog } from "@ground/parts/Dialog";
import { FormModal } from "@ground/parts/FormModal";
import { useSentence } from "@ground/parts/ProblemView";
import css from "../org.module.css";
import { roles } from "../people/data";
import { PlaceList } from "../place/PlaceList";

type ApiKey = Schema<"ApiKey">;

/** Keys for programs: each in somebody's name, with a role of theirs or less, until a day. */
export function KeysPage() {
  const { t, f } = useWords();
  const { modal, message } = App.useApp();
  const sentence = useSentence();
  const cache = useQueryClient();
  const [making, setMaking] = useState(false);
  const [now] = useState(() => Date.now());
  const list = $api.useInfiniteQuery("get", "/api/v1/api-keys", { params: { query: { limit: 100 } } }, keyset);
  const again = () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/api-keys"] });
  const end = $api.useMutation("delete", "/api/v1/api-keys/{id}", { onSuccess: again, onError: (problem) => void message.error(sentence(problem)) });
  const stateOf = (row: ApiKey) => (row.ended_at ? "ended" : Date.parse(row.expires_at) < now ? "expired" : "works");
  const ask = (row: ApiKey) =>
    void modal.confirm({
      title: t("api_key.end_title", { name: row.name }),
      content: t("api_key.end_why"),
      okText: t("api_key.end"),
      okButtonProps: { danger: true },
      cancelText: t("action.cancel"),
      onOk: () => end.mutateAsync({ params: { path: { id: row.id } } }).catch(() => {}),
    });
  const ender = (row: ApiKey) =>
    stateOf(row) === "works" && (
      <Button size="small" type="text" danger onClick={() => ask(row)} data-testid="key-end">
        {t("api_key.end")}
      </Button>
    );
  const columns: Column<ApiKey>[] = [
    { key: "name", title: t("api_key.name"), width: "minmax(120px, 1fr)", render: (row) => row.name },
    { key: "prefix", title: t("api_key.prefix"), width: "128px", render: (row) => <span className={css.mono}>{row.prefix}…</span> },
    { key: "holder", title: t("api_key.holder"), width: "112px", render: (row) => row.user_name },
    { key: "role", title: t("people.role"), width: "104px", render: (row) => t(`role.${row.role}`) },
    { key: "used", title: t("api_key.used"), width: WHEN, render: (row) => (row.last_used_at ? f.moment(row.last_used_at) : t("api_key.never")) },
    { key: "expires", title: t("api_key.expires"), width: "136px", render: (row) => f.date(row.expires_at) },
    { key: "state", title: t("place.state"), width: "88px", render: (row) => t(`api_key.state.${stateOf(row)}`) },
    { key: "end", title: "", width: "80px", align: "end", render: ender },
  ];
  return (
    <>
      <PlaceList
        title={t("api_key.title")}
        empty={{ title: t("api_key.empty"), next: t("api_key.empty_next") }}
        list={list}
        rows={useRows<ApiKey>(list)}
        columns={columns}
        card={(row) => (
          <div className={css.cardWide}>
            <div className={css.cardWords}>
              <div>{row.name}</div>
              <div className="meta">{[row.user_name, t(`role.${row.role}`), t(`api_key.state.${stateOf(row)}`)].join(" · ")}</div>
              <div className="meta">{t("api_key.expires")} {f.date(row.expires_at)}</div>
            </div>
            {ender(row)}
          </div>
        )}
        tools={
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)} data-testid="key-new">
            {t("api_key.new")}
          </Button>
        }
      />
      {making && <KeyModal onClose={() => setMaking(false)} onMade={again} />}
    </>
  );
}

/** Asks what the key is for; its secret is shown once and kept nowhere. */
function KeyModal({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { t } = useWords();
  const [q, setQ] = useState("");
  const people = $api.useQuery("get", "/api/v1/users", { params: { query: { q, limit: 20 } } });
  const make = $api.useMutation("post", "/api/v1/api-keys", { retry: 0, gcTime: 0, onSuccess: onMade });
  if (make.data) {
    return (
      <Dialog open closable={false} mask={{ closable: false }} title={t("api_key.made")} okText={t("api_key.kept")} cancelButtonProps={{ hidden: true }} onOk={onClose}>
        <p className="lead">{t("api_key.once")}</p>
        <div className={css.link} data-testid="key-secret">
          <CopyNumber value={make.data.secret} mono />
        </div>
      </Dialog>
    );
  }
  return (
    <FormModal<Schema<"KeyWanted">>
      title={t("api_key.new")}
      submit={t("api_key.make")}
      initial={{ role: "agent", days: 90 }}
      pending={make.isPending}
      problem={make.error}
      onSubmit={(wanted) => make.mutate({ body: wanted })}
      onClose={onClose}
      lead={t("api_key.lead")}
    >
      <Form.Item name="name" label={t("api_key.name")} rules={[{ required: true, whitespace: true, message: t("place.name_missing") }]}>
        <Input maxLength={60} placeholder={t("api_key.name_hint")} />
      </Form.Item>
      <Form.Item name="user_id" label={t("api_key.holder")} extra={t("api_key.holder_why")} rules={[{ required: true, message: t("api_key.holder_missing") }]}>
        <Select showSearch={{ filterOption: false, onSearch: setQ }} loading={people.isFetching} options={people.data?.items.map((row) => ({ value: row.id, label: `${row.name} · ${t(`role.${row.role}`)}` })) ?? []} />
      </Form.Item>
      <Form.Item name="role" label={t("api_key.scope")} extra={t("api_key.scope_why")}>
        <Select options={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))} />
      </Form.Item>
      <Form.Item name="days" label={t("api_key.days")} rules={[{ required: true, message: t("api_key.days_missing") }]}>
        <InputNumber min={1} max={366} precision={0} />
      </Form.Item>
    </FormModal>
  );
}
