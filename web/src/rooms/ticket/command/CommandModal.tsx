import { Form, type FormInstance } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import type { Problem, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { Dialog } from "@ground/parts/Dialog";
import { ProblemLine } from "@ground/parts/ProblemView";
import { StaleNotice } from "../page/StaleNotice";

type Props<Values extends object> = {
  title: string;
  /** What it means and what follows. */
  lead?: ReactNode;
  submit: string;
  danger?: boolean;
  page: TicketPage;
  form: FormInstance<Values>;
  initial?: Partial<Values>;
  pending: boolean;
  problem: Problem | null;
  onSubmit: (values: Values) => void;
  onClose: () => void;
  children: ReactNode;
};

const testId = { "data-testid": "command-submit" };

/** The dialog of a command: says what follows, keeps what was typed through every "no". */
export function CommandModal<Values extends object>(props: Props<Values>) {
  const { title, lead, submit, danger = false, page, form, initial, pending, problem, onSubmit, onClose, children } = props;
  const { t } = useWords();
  // What the person had in front of them when they began.
  const [seen] = useState(page);
  // Who is quick opens it before the page has read itself again: what nobody has touched follows the page.
  const from = JSON.stringify(initial ?? {});
  useEffect(() => {
    const fields: FormInstance = form;
    const untouched = Object.entries(JSON.parse(from) as object).filter(([name]) => !fields.isFieldTouched(name));
    fields.setFieldsValue(Object.fromEntries(untouched));
  }, [from, form]);
  return (
    <Dialog
      open
      closable={false}
      title={`${page.ticket.number} ${title}`}
      okText={submit}
      cancelText={t("action.cancel")}
      okButtonProps={{ danger, htmlType: "submit", form: "command", ...testId }}
      confirmLoading={pending}
      onCancel={onClose}
      mask={{ closable: false }}
      width={560}
      destroyOnHidden
    >
      {lead && <p className="lead">{lead}</p>}
      <Form<Values> id="command" form={form} layout="vertical" requiredMark={false} onFinish={onSubmit} {...(initial && { initialValues: initial })}>
        {children}
      </Form>
      {/* The page behind reads itself again: what changed since the dialog was opened is said before anything is sent. */}
      {page.ticket.version !== seen.ticket.version && !pending && <StaleNotice seen={seen} now={page} />}
      {problem && problem.code !== "stale" && <ProblemLine problem={problem} />}
    </Dialog>
  );
}
