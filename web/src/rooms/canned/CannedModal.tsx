import { Button, Form, Input, Radio, type FormInstance } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { BackLine } from "@ground/parts/BackLine";
import { useLeft } from "@ground/parts/left";
import { useSession } from "@ground/session/Session";
import css from "./canned.module.css";
import { KeptDialog, useKept } from "./KeptDialog";

export type Canned = Schema<"Canned">;

/** The holes, in the order of the server. */
export const HOLES = ["merchant", "store", "contact", "number", "symptom", "terminal", "serial_tail", "agent"] as const;

type Values = { name: string; body: string; share: Canned["share"] };

const begun: Values = { name: "", body: "", share: "own" };

/** Writes or changes a canned reply. */
export function CannedModal({ canned, onClose }: { canned: Canned | null; onClose: () => void }) {
  const { t } = useWords();
  const { me, may } = useSession();
  const [form] = Form.useForm<Values>();
  const kept = useKept("/api/v1/canned", onClose);
  const add = $api.useMutation("post", "/api/v1/canned", kept);
  const change = $api.useMutation("put", "/api/v1/canned/{id}", kept);
  const remove = $api.useMutation("delete", "/api/v1/canned/{id}", kept);
  const manage = may("canned.manage");
  const mine = !canned || manage || (canned.owner_id === me.id && canned.share === "own");
  const { back, keep, anew } = useLeft(`canned ${canned?.id ?? ""}`, form as FormInstance);
  const save = (values: Values) => {
    if (canned) change.mutate({ params: { path: { id: canned.id } }, body: { ...values, version: canned.version } });
    else add.mutate({ body: values });
  };
  return (
    <KeptDialog
      title={t(canned ? "canned.edit" : "canned.new")}
      width={640}
      add={add}
      change={change}
      removal={canned && mine ? { name: canned.name, run: remove, go: () => remove.mutate({ params: { path: { id: canned.id } } }) } : undefined}
      save={mine ? { htmlType: "submit", form: "canned", children: t("canned.save"), "data-testid": "canned-save" } : undefined}
      onClose={() => {
        keep();
        onClose();
      }}
    >
      <Form<Values> id="canned" form={form} layout="vertical" requiredMark={false} disabled={!mine} onFinish={save} initialValues={{ ...(canned ?? begun), ...back }}>
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
      <BackLine back={back} onAnew={() => anew(canned ?? begun)} />
    </KeptDialog>
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
