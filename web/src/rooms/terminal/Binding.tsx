import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { Fact, FactList } from "@ground/parts/ListPage";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./terminal.module.css";

type Props = { page: Schema<"TerminalPage"> };

/** The five elements of the binding in force. */
export function Binding({ page }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [closing, setClosing] = useState(false);
  const { binding } = page;
  if (!binding) return <p>{t("fact.unbound")}</p>;
  return (
    <>
      <FactList>
        <Fact name={t("fact.acquirer")}>{binding.acquirer.name}</Fact>
        <Fact name={t("fact.merchant")}>
          <Link to="/merchants/$id" params={{ id: binding.merchant.id }}>
            {binding.merchant.name}
          </Link>
        </Fact>
        <Fact name={t("fact.uscc")}>{binding.uscc_masked || "—"}</Fact>
        <Fact name={t("fact.account")}>{binding.settlement_account_mask || "—"}</Fact>
        <Fact name={t("fact.address")}>{binding.address}</Fact>
        <Fact name={t("fact.tid")}>
          <CopyNumber value={binding.tid} mono />
        </Fact>
        <Fact name={t("fact.since")}>{f.date(binding.valid_from)}</Fact>
      </FactList>
      {may("registry.edit") && (
        <Button danger type="text" className={css.apart} onClick={() => setClosing(true)} data-testid="binding-close">
          {t("terminal.close_binding")}
        </Button>
      )}
      {closing && <CloseBinding page={page} onClose={() => setClosing(false)} />}
    </>
  );
}

/** Ends the binding: the terminal can take no payments afterwards, so it names itself and asks why. */
function CloseBinding({ page, onClose }: Props & { onClose: () => void }) {
  const { t } = useWords();
  const cache = useQueryClient();
  const [form] = Form.useForm<{ reason: string }>();
  const { terminal, binding } = page;
  const close = $api.useMutation("post", "/api/v1/terminals/{id}/bindings/close", {
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["get", "/api/v1/terminals/{id}"] });
      onClose();
    },
  });
  return (
    <Modal
      open
      closable={false}
      title={t("terminal.close_title", { serial: terminal.serial_no })}
      okText={t("terminal.close_binding")}
      cancelText={t("action.cancel")}
      okButtonProps={{ danger: true, htmlType: "submit", form: "close-binding" }}
      confirmLoading={close.isPending}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="lead">{t("terminal.close_lead", { store: binding?.store_name ?? "", tid: binding?.tid ?? "" })}</p>
      <Form id="close-binding" form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => close.mutate({ params: { path: { id: terminal.id } }, body: { reason: reason.trim() } })}>
        <Form.Item name="reason" label={t("command.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
      {close.error && <ProblemLine problem={close.error} />}
    </Modal>
  );
}

/** Bindings that are over, newest first. */
export function BindingHistory({ page: { bindings } }: Props) {
  const { t, f } = useWords();
  const past = bindings.filter((binding) => binding.valid_to);
  if (past.length === 0) return null;
  return (
    <section>
      <h2>{t("terminal.bindings_before")}</h2>
      <ul className={css.plain}>
        {past.map((binding) => (
          <li key={binding.id}>
            {binding.store_name} <span className="num">{binding.tid}</span>
            <div className="meta">
              {f.date(binding.valid_from)} – {binding.valid_to && f.date(binding.valid_to)} {binding.closed_because}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
