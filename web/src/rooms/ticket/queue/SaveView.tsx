import { Form, Input, Radio } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { FormModal } from "@ground/parts/FormModal";
import { useSession } from "@ground/session/Session";
import { viewBody, type QueueSearch } from "../search";

type DeskView = Schema<"DeskView">;
type Named = { name: string; share: DeskView["share"] };
type Props = { search: QueueSearch; view?: DeskView; onClose: () => void; onSaved: (view: DeskView) => void };

const testId = { "data-testid": "view-submit" };

/** Keeps the list as it stands under a name, or renames and shares one that is kept. */
export function SaveView({ search, view, onClose, onSaved }: Props) {
  const { t } = useWords();
  const { may, me } = useSession();
  const cache = useQueryClient();
  const after = {
    onSuccess: (saved: DeskView) => {
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/desk-views"] });
      onSaved(saved);
    },
  };
  const add = $api.useMutation("post", "/api/v1/desk-views", after);
  const change = $api.useMutation("patch", "/api/v1/desk-views/{id}", after);
  const submit = ({ name, share }: Named) => {
    if (view) change.mutate({ params: { path: { id: view.id } }, body: { version: view.version, name, share } });
    else add.mutate({ body: { name, share, ...viewBody(search) } });
  };
  const problem = view ? change.error : add.error;
  // What somebody may not share at all is not offered; what only reaches the team is refused by the server with its reason.
  const shares = may("desk_view.share") ? (["own", "team", "public"] as const) : (["own"] as const);
  return (
    <FormModal<Named>
      title={view ? t("view.edit") : t("view.save")}
      about={view?.id ?? ""}
      submit={view ? t("view.edit_submit") : t("view.save")}
      button={testId}
      width={480}
      lead={view ? t("view.edit_lead") : t("view.save_lead")}
      initial={{ name: view?.name ?? "", share: view?.share ?? "own" }}
      pending={add.isPending || change.isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={t("view.name")} rules={[{ required: true, whitespace: true, message: t("view.name_missing") }]}>
        <Input maxLength={30} autoFocus />
      </Form.Item>
      <Form.Item name="share" label={t("view.share")}>
        <Radio.Group options={shares.map((value) => ({ value, label: t(`view.share_${value}`, { role: t(`role.${me.role}`) }) }))} />
      </Form.Item>
    </FormModal>
  );
}
