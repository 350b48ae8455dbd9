import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Select, Switch } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Column } from "@ground/list/DataList";
import { keyset, useRows } from "@ground/list/useKeyset";
import { FormModal } from "@ground/parts/FormModal";
import { useSession } from "@ground/session/Session";
import { PlaceList } from "./PlaceList";

type Partner = Schema<"Partner">;
type Typed = { code: string; name: string; kind: Schema<"PartnerKind">; contact?: string; closed?: boolean };

const kinds = ["outsourcer", "dealer"] as const satisfies readonly Schema<"PartnerKind">[];

/** Firms whose people work with us. */
export function PartnersPage() {
  const { t } = useWords();
  const { may } = useSession();
  const [edited, setEdited] = useState<Partner | "new" | null>(null);
  const list = $api.useInfiniteQuery("get", "/api/v1/partners", { params: { query: { limit: 100 } } }, keyset);
  const columns: Column<Partner>[] = [
    { key: "name", title: t("partner.name"), width: "minmax(160px, 1fr)", render: (row) => row.name },
    { key: "code", title: t("place.code"), width: "112px", render: (row) => row.code },
    { key: "kind", title: t("partner.kind"), width: "136px", render: (row) => t(`partner.kind.${row.kind}`) },
    { key: "contact", title: t("partner.contact"), width: "minmax(160px, 1fr)", render: (row) => row.contact || "—" },
    { key: "state", title: t("place.state"), width: "88px", render: (row) => t(row.closed_at ? "place.closed" : "place.open") },
  ];
  return (
    <>
      <PlaceList
        title={t("partner.title")}
        empty={{ title: t("partner.empty"), next: t("partner.empty_next") }}
        list={list}
        rows={useRows<Partner>(list)}
        columns={columns}
        onOpen={may("org.edit") ? setEdited : undefined}
        card={(row) => (
          <>
            <div>{row.name}</div>
            <div className="meta">{[t(`partner.kind.${row.kind}`), row.contact].filter(Boolean).join(" · ")}</div>
          </>
        )}
        tools={
          may("org.edit") && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")} data-testid="partner-new">
              {t("partner.new")}
            </Button>
          )
        }
      />
      {edited && <PartnerModal partner={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function PartnerModal({ partner, onClose }: { partner: Partner | null; onClose: () => void }) {
  const { t } = useWords();
  const cache = useQueryClient();
  const again = () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/partners"] });
  const after = { onSuccess: () => (again(), onClose()), onError: again };
  const add = $api.useMutation("post", "/api/v1/partners", after);
  const change = $api.useMutation("patch", "/api/v1/partners/{id}", after);
  const run = partner ? change : add;
  const submit = ({ code, name, kind, contact, closed }: Typed) => {
    const said = { name: name.trim(), contact: contact?.trim() ?? "" };
    if (partner) change.mutate({ params: { path: { id: partner.id } }, body: { version: partner.version, ...said, closed: closed ?? null } });
    else add.mutate({ body: { code: code.trim(), kind, ...said } });
  };
  return (
    <FormModal<Typed>
      title={t(partner ? "partner.edit" : "partner.new")}
      submit={t("partner.save")}
      initial={partner ? { name: partner.name, contact: partner.contact, closed: Boolean(partner.closed_at) } : { kind: "outsourcer" }}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!partner && (
        <>
          <Form.Item name="code" label={t("place.code")} extra={t("place.code_shape")} rules={[{ required: true, whitespace: true, message: t("place.code_missing") }]}>
            <Input maxLength={20} spellCheck={false} />
          </Form.Item>
          <Form.Item name="kind" label={t("partner.kind")}>
            <Select options={kinds.map((kind) => ({ value: kind, label: t(`partner.kind.${kind}`) }))} />
          </Form.Item>
        </>
      )}
      <Form.Item name="name" label={t("partner.name")} rules={[{ required: true, whitespace: true, message: t("place.name_missing") }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="contact" label={t("partner.contact")} extra={t("partner.contact_shape")}>
        <Input maxLength={100} />
      </Form.Item>
      {partner && (
        <Form.Item name="closed" label={t("place.close")} extra={t("place.close_why")} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </FormModal>
  );
}
