import { Form, type FormInstance } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import type { Problem, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { BackLine } from "@ground/parts/BackLine";
import { useLeft } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import { StaleNotice } from "../page/StaleNotice";

type Name = "assign" | "call_off" | "cancel" | "confirm" | "pause" | "priority" | "register" | "relate" | "reopen" | "resume" | "solve" | "task" | "triage" | "unmerge" | "visit";

type Props<Values extends object> = {
  /** The command: its title and the words on its button. */
  name: Name;
  /** What it means and what follows. */
  lead?: ReactNode;
  danger?: boolean;
  page: TicketPage;
  /** For a dialog whose fields follow from each other. */
  form?: FormInstance<Values>;
  initial?: Partial<Values>;
  /** How sending it stands. */
  run: { isPending: boolean; error: Problem | null };
  onSubmit: (values: Values) => void;
  onClose: () => void;
  children?: ReactNode;
};

const testId = { "data-testid": "command-submit" };

/** The dialog of a command: says what follows, keeps what was typed through every "no". */
export function CommandModal<Values extends object>(props: Props<Values>) {
  const { name, lead, danger = false, page, initial, run, onSubmit, onClose, children } = props;
  const { t } = useWords();
  const [form] = Form.useForm<Values>(props.form);
  const { back, keep, anew } = useLeft(`${page.ticket.id} ${name}`, form as FormInstance);
  // What the person had in front of them when they began.
  const [seen] = useState(page);
  // Who is quick opens it before the page has read itself again: what nobody has touched follows the page.
  const from = JSON.stringify(initial ?? {});
  useEffect(() => {
    const fields: FormInstance = form;
    const untouched = Object.entries(JSON.parse(from) as object).filter(([name]) => !fields.isFieldTouched(name) && !(name in back));
    fields.setFieldsValue(Object.fromEntries(untouched));
  }, [from, form, back]);
  return (
    <Dialog
      open
      closable={false}
      title={`${page.ticket.number} ${t(`command.${name}`)}`}
      okText={t(`command.${name}_submit`)}
      cancelText={t("action.cancel")}
      okButtonProps={{ danger, htmlType: "submit", form: "command", ...testId }}
      confirmLoading={run.isPending}
      onCancel={() => {
        keep();
        onClose();
      }}
      mask={{ closable: false }}
      width={560}
      destroyOnHidden
    >
      {lead && <p className="lead">{lead}</p>}
      <Form<Values> id="command" form={form} layout="vertical" requiredMark={false} onFinish={onSubmit} initialValues={{ ...initial, ...back }}>
        {children}
      </Form>
      <BackLine back={back} onAnew={() => anew(initial)} />
      {/* The page behind reads itself again: what changed since the dialog was opened is said before anything is sent. */}
      {page.ticket.version !== seen.ticket.version && !run.isPending && <StaleNotice seen={seen} now={page} />}
      {run.error && run.error.code !== "stale" && <ProblemLine problem={run.error} />}
    </Dialog>
  );
}
