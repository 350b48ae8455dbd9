import { Button, Form, Input, Switch } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useAfter, type FactRow, type FactSet, type Values } from "./data";
import css from "./facts.module.css";
import { FieldInput } from "./FieldInput";
import { NoticeTry } from "./NoticeTry";

type Typed = Values & { code: string; off?: boolean };

/** What was left empty is not said at all. */
const said = (typed: Values): Values => Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)));

/** A row in its form, drawn from the fields of its kind. Saving writes into the draft; nothing is in force before it is published. */
export function RowPanel({ set, row, onDone }: { set: FactSet; row?: FactRow; onDone: (code?: string) => void }) {
  const { t } = useWords();
  const { may } = useSession();
  const edit = may("fact.edit");
  const [form] = Form.useForm<Typed>();
  const typed = Form.useWatch([], form) as Typed | undefined;
  const [saved, setSaved] = useState(false);
  const put = $api.useMutation(
    "post",
    "/api/v1/facts/sets/{kind}/draft/rows",
    useAfter(set.kind, () => {
      setSaved(true);
      onDone(form.getFieldValue("code") as string);
    }),
  );
  const reset = $api.useMutation("post", "/api/v1/facts/sets/{kind}/draft/reset", useAfter(set.kind, () => onDone()));
  const version = set.draft?.version ?? null;
  const params = { path: { kind: set.kind } };
  const published = set.draft?.changes.every((c) => c.code !== row?.code || c.field != null) ?? true;
  const wrong = put.error?.field?.replace(/^row\./, "") ?? "";
  const of = (name: string) => wrong === name || wrong.startsWith(`${name}.`) || wrong.startsWith(`${name}[`);
  const hidden = (name: string) =>
    (set.kind === "ticket_fields" && name === "options" && typed?.value !== "choice") ||
    (set.kind === "price_list" && (typed?.unit === "surcharge" ? name === "price" || name === "at_cost" : name === "percent"));

  return (
    <article className={css.row}>
      <Form<Typed> form={form} layout="vertical" requiredMark={false} disabled={!edit} initialValues={{ ...row?.row, code: row?.code, off: row?.off }} onFinish={({ code, ...values }) => put.mutate({ params, body: { version, code, row: said(values) } })} onValuesChange={() => setSaved(false)}>
        <Form.Item name="code" label={t("facts.field.code")} rules={[{ required: true, whitespace: true, message: t("facts.code_missing") }]} {...(!row && { extra: t(`facts.code_shape.${set.kind}` as Key) })} {...(of("code") && { validateStatus: "error" as const })}>
          <Input disabled={row !== undefined} maxLength={40} className={css.mono} autoCapitalize="off" spellCheck={false} data-testid="row-code" />
        </Form.Item>
        {set.fields
          .filter((field) => !hidden(field.name))
          .map((field) => (
            <FieldInput key={field.name} field={field} fixed={field.fixed && row !== undefined && published} wrong={of(field.name)} />
          ))}
        {set.can_switch_off && row && (set.kind !== "status_labels" || row.origin === "own") && (
          <Form.Item name="off" label={t("facts.field.off")} valuePropName="checked" extra={t("facts.off_why")}>
            <Switch />
          </Form.Item>
        )}
        {set.kind === "notice_texts" && row && <NoticeTry kind={row.code} typed={typed} />}
        {put.error && <ProblemLine problem={put.error} />}
        {reset.error && <ProblemLine problem={reset.error} />}
        {edit && (
          <div className={css.rowFoot}>
            <Button type="primary" htmlType="submit" loading={put.isPending} data-testid="row-save">
              {t("facts.save_row")}
            </Button>
            {row && row.origin !== "shipped" && (row.origin === "changed" || !published) && (
              <Button onClick={() => reset.mutate({ params, body: { version, code: row.code } })} loading={reset.isPending}>
                {t(row.origin === "changed" ? "facts.reset" : "facts.remove")}
              </Button>
            )}
            {saved && <span className="meta">{t("facts.in_draft")}</span>}
          </div>
        )}
      </Form>
    </article>
  );
}
