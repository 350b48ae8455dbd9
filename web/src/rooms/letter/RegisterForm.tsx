import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./letter.module.css";

type Typed = { name?: string; phone?: string; email?: string; symptom?: string; serial?: string; serial_unknown?: string };

const said = (text: string | undefined) => text?.trim() || null;

/** A person adds what no program could read out of the letter. */
export function RegisterForm({ letter }: { letter: Schema<"LetterPage"> }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Typed>();
  const register = $api.useMutation("post", "/api/v1/letters/{id}/ticket", {
    onSuccess: () => {
      void message.success(t("letter.registered"));
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/letters"] });
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/letters/{id}"] });
    },
  });
  const submit = (typed: Typed) => {
    const name = said(typed.name);
    register.mutate({
      params: { path: { id: letter.id } },
      body: {
        contact: name ? { name, phone: said(typed.phone), email: said(typed.email) } : null,
        symptom: said(typed.symptom),
        terminal_serial: said(typed.serial)?.replace(/\s/g, "") ?? null,
        terminal_unknown_reason: said(typed.serial_unknown),
      },
    });
  };
  const reachable = () => said(form.getFieldValue("phone")) ?? said(form.getFieldValue("email"));
  const located = () => said(form.getFieldValue("serial")) ?? said(form.getFieldValue("serial_unknown"));
  return (
    <Form<Typed> form={form} className={css.form} layout="vertical" requiredMark={false} onFinish={submit} aria-label={t("letter.register")}>
      <h3>{t("letter.register")}</h3>
      <p className="lead">{t("letter.register_why")}</p>
      <Form.Item name="name" label={t("letter.contact_name")} rules={[{ required: true, whitespace: true, message: t("letter.contact_name_missing") }]}>
        <Input maxLength={50} />
      </Form.Item>
      <div className={css.two}>
        <Form.Item name="phone" label={t("letter.contact_phone")} rules={[{ validator: () => (reachable() ? Promise.resolve() : Promise.reject(new Error(t("letter.contact_missing")))) }]}>
          <Input inputMode="tel" maxLength={20} />
        </Form.Item>
        <Form.Item name="email" label={t("letter.contact_email")}>
          <Input inputMode="email" maxLength={100} />
        </Form.Item>
      </div>
      <Form.Item name="symptom" label={t("letter.symptom")}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} placeholder={t("letter.symptom_hint")} />
      </Form.Item>
      <div className={css.two}>
        <Form.Item name="serial" label={t("letter.serial")} rules={[{ validator: () => (located() ? Promise.resolve() : Promise.reject(new Error(t("letter.serial_either")))) }]}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="serial_unknown" label={t("letter.serial_unknown")}>
          <Input maxLength={200} placeholder={t("letter.serial_unknown_hint")} />
        </Form.Item>
      </div>
      {register.error && <ProblemLine problem={register.error} />}
      <Button type="primary" htmlType="submit" loading={register.isPending} data-testid="letter-register">
        {t("letter.register")}
      </Button>
    </Form>
  );
}
