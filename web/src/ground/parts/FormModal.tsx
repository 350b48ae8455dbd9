import { Form, type ButtonProps, type FormInstance } from "antd";
import { useId, useState, type ReactNode } from "react";
import type { Problem } from "@api";
import { useWords } from "@ground/i18n/Words";
import { BackLine } from "./BackLine";
import { Dialog } from "./Dialog";
import { nameOf, useLeft } from "./left";
import { ProblemLine } from "./ProblemView";

type Props<Typed> = {
  title: string;
  /** What it is about, where neither the title nor what it begins with says it: an id. */
  about?: string;
  /** Verb and object on the button. */
  submit: string;
  /** What becomes of it without, where "leave it" would not say. */
  cancel?: string;
  initial?: Partial<Typed>;
  /** For a dialog whose fields follow from each other. */
  form?: FormInstance<Typed>;
  pending: boolean;
  problem: Problem | null;
  onSubmit: (typed: Typed) => void;
  onClose: () => void;
  /** Cannot be undone. */
  danger?: boolean;
  width?: number;
  /** What else the button is: its name for tests, whether it may be pressed. */
  button?: ButtonProps & { "data-testid"?: string };
  /** What becomes of it, before the fields. */
  lead?: ReactNode;
  /** What is looked at before anything is filled in. */
  above?: ReactNode;
  children: ReactNode;
};

/** A dialog that asks for some fields and sends them. What was typed stays when the server says no. */
export function FormModal<Typed extends object>({ title, about = "", submit, cancel, initial, form: given, pending, problem, onSubmit, onClose, danger = false, width, button, lead, above, children }: Props<Typed>) {
  const { t } = useWords();
  const id = useId();
  const [form] = Form.useForm<Typed>(given);
  const [name] = useState(() => nameOf(about + title, initial, window.location));
  const { back, keep, anew } = useLeft(name, form as FormInstance);
  return (
    <Dialog
      open
      closable={false}
      mask={{ closable: false }}
      title={title}
      okText={submit}
      cancelText={cancel ?? t("action.cancel")}
      okButtonProps={{ htmlType: "submit", form: id, danger, ...button }}
      confirmLoading={pending}
      onCancel={() => {
        keep();
        onClose();
      }}
      destroyOnHidden
      {...(width && { width })}
    >
      {lead && <p className="lead">{lead}</p>}
      {above}
      <Form<Typed> id={id} layout="vertical" requiredMark={false} onFinish={onSubmit} initialValues={{ ...initial, ...back }} form={form}>
        {children}
      </Form>
      <BackLine back={back} onAnew={() => anew(initial)} />
      {problem && <ProblemLine problem={problem} />}
    </Dialog>
  );
}
