import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input, Popconfirm, Radio } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./canned.module.css";

export type Canned = Schema<"Canned">;

/** The holes, in the order of the server. */
export const HOLES = ["merchant", "store", "contact", "number", "symptom", "terminal", "serial_tail", "agent"] as const;

type Values = { name: string; body: string; share: Canned["share"] };

/** Writes or changes a canned reply. */
export function CannedModal({ canned, onClose }: { canned: Canned | null; onClose: () => void }) {
  const { t } = useWords();
  const { me, may } = useSession();
  const cache = useQueryClient();
  const [form] = Form.useForm<Values>();
  const done = () => {
    void cache.invalidateQueries({ queryKey: ["get", "/api/v1/canned"] });
    onClose();
  };
  const add = $api.useMutation("post", "/api/v1/canned", { onSuccess: done });
  const change = $api.useMutation("put", "/api/v1/canned/{id}", { onSuccess: done });
  const remove = $api.useMutation("delete", "/api/v1/canned/{id}", { onSuccess: done });
  const manage = may("canned.manage");
  const mine = !canned || manage || (canned.owner_id === me.id && canned.share === "own");
  const problem = add.error ?? change.error ?? remove.error;
  const save = (values: Values) => {
    if (canned) change.mutate({ params: { path: { id: canned.id } }, body: { ...values, version: canned.version } });
    else add.mutate({ body: values });
  };
  return (
    <Dialog
      open
      closable={false}
      title={t(canned ? "canned.edit" : "canned.new")}
      width={640}
      onCancel={onClose}
      mask={{ closable: false }}
      destroyOnHidden
      footer={
        <div className={css.foot}>
          {canned && mine && (
            <Popconfirm title={t("canned.remove_sure", { name: canned.name })} okText={t("canned.remove")} cancelText={t("action.cancel")} okButtonProps={{ danger: true }} onConfirm={() => remove.mutate({ params: { path: { id: canned.id } } })}>
              <Button danger type="text" loading={remove.isPending}>
                {t("canned.remove")}
              </Button>
            </Popconfirm>
          )}
          <span className={css.space} />
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          {mine && (
            <Button type="primary" htmlType="submit" form="canned" loading={add.isPending || change.isPending} data-testid="canned-save">
              {t("canned.save")}
            </Button>
          )}
        </div>
      }
    >
      <Form<Values> id="canned" form={form} layout="vertical" requiredMark={false} disabled={!mine} onFinish={save} initialValues={canned ?? { name: "", body: "", share: "own" }}>
        <Form.Item name="name" label={t("canned.name")} rules={[{ required: true, whitespace: true, max: 60, message: t("canned.name_missing") }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="body" label={t("canned.body")} rules={[{ required: true, whitespace: true, message: t("canned.body_missing") }]} extra={t("canned.holes_how")}>
          <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} maxLength={4000} />
        </Form.Item>
        {mine && <Holes onPick={(hole) => form.setFieldValue("body", `${form.getFieldValue("body") ?? ""}{${hole}}`)} />}
        <Form.Item name="share" label={t("canned.share")}>
          <Radio.Group>
            {(["own", "team", "all"] as const).map((share) => (
              <Radio key={share} value={share} disabled={!mine || (share !== "own" && !manage)}>
                {t(`canned.share.${share}`)}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
      </Form>
      {problem && <ProblemLine problem={problem} />}
    </Dialog>
  );
}

/** What can be filled in from the case; a tap puts it at the end of the words. */
export function Holes({ onPick }: { onPick: (hole: string) => void }) {
  const { t } = useWords();
  return (
    <div className={css.holes}>
      {HOLES.map((hole) => (
        <Button key={hole} size="small" onClick={() => onPick(hole)} title={`{${hole}}`}>
          {t(`hole.${hole}` as Key)}
        </Button>
      ))}
    </div>
  );
}
