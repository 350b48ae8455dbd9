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

type Branch = Schema<"Branch">;
type Typed = { code: string; name: string; districts?: string[]; closed?: boolean };

/** Branches and the districts each looks after: what people bound to one see. */
export function BranchesPage() {
  const { t } = useWords();
  const { may } = useSession();
  const [edited, setEdited] = useState<Branch | "new" | null>(null);
  const list = $api.useInfiniteQuery("get", "/api/v1/branches", { params: { query: { limit: 100 } } }, keyset);
  const districts = (row: Branch) => row.districts.join(t("list.comma")) || t("branch.no_districts");
  const columns: Column<Branch>[] = [
    { key: "name", title: t("branch.name"), width: "minmax(120px, 200px)", render: (row) => row.name },
    { key: "code", title: t("place.code"), width: "112px", render: (row) => row.code },
    { key: "districts", title: t("branch.districts"), width: "minmax(200px, 1fr)", render: districts },
    { key: "state", title: t("place.state"), width: "88px", render: (row) => t(row.closed_at ? "place.closed" : "place.open") },
  ];
  return (
    <>
      <PlaceList
        title={t("branch.title")}
        empty={{ title: t("branch.empty"), next: t("branch.empty_next") }}
        list={list}
        rows={useRows<Branch>(list)}
        columns={columns}
        onOpen={may("org.edit") ? setEdited : undefined}
        card={(row) => (
          <>
            <div>{row.name}</div>
            <div className="meta">{districts(row)}</div>
          </>
        )}
        tools={
          may("org.edit") && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")} data-testid="branch-new">
              {t("branch.new")}
            </Button>
          )
        }
      />
      {edited && <BranchModal branch={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function BranchModal({ branch, onClose }: { branch: Branch | null; onClose: () => void }) {
  const { t } = useWords();
  const cache = useQueryClient();
  const again = () => void cache.invalidateQueries({ queryKey: ["get", "/api/v1/branches"] });
  const after = { onSuccess: () => (again(), onClose()), onError: again };
  const add = $api.useMutation("post", "/api/v1/branches", after);
  const change = $api.useMutation("patch", "/api/v1/branches/{id}", after);
  const run = branch ? change : add;
  const submit = ({ code, name, districts = [], closed }: Typed) => {
    if (branch) change.mutate({ params: { path: { id: branch.id } }, body: { version: branch.version, name: name.trim(), districts, closed: closed ?? null } });
    else add.mutate({ body: { code: code.trim(), name: name.trim(), districts } });
  };
  return (
    <FormModal<Typed>
      title={t(branch ? "branch.edit" : "branch.new")}
      submit={t("branch.save")}
      initial={branch ? { name: branch.name, districts: branch.districts, closed: Boolean(branch.closed_at) } : {}}
      pending={run.isPending}
      problem={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!branch && (
        <Form.Item name="code" label={t("place.code")} extra={t("place.code_shape")} rules={[{ required: true, whitespace: true, message: t("place.code_missing") }]}>
          <Input maxLength={20} spellCheck={false} />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("branch.name")} rules={[{ required: true, whitespace: true, message: t("place.name_missing") }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="districts" label={t("branch.districts")} extra={t("branch.districts_why")}>
        <Select mode="tags" tokenSeparators={[",", "\uff0c", "\u3001", " "]} open={false} suffixIcon={null} />
      </Form.Item>
      {branch && (
        <Form.Item name="closed" label={t("place.close")} extra={t("place.close_why")} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </FormModal>
  );
}
