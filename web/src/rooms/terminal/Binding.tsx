import { LinkOutlined, SwapOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { CopyNumber } from "@ground/parts/CopyNumber";
import { FormModal } from "@ground/parts/FormModal";
import { Fact, FactList } from "@ground/parts/ListPage";
import { useSession } from "@ground/session/Session";
import { BindDialog } from "./BindDialog";
import { useAfter, type Page } from "./data";
import css from "./terminal.module.css";

type Props = { page: Page };

/** The five elements of the binding in force. */
export function Binding({ page }: Props) {
  const { t, f } = useWords();
  const { may } = useSession();
  const [doing, setDoing] = useState<"close" | "bind" | null>(null);
  const { binding } = page;
  const end = () => setDoing(null);
  if (!binding) {
    return (
      <>
        <p>{t("fact.unbound")}</p>
        {may("registry.edit") && (
          <Button icon={<LinkOutlined />} onClick={() => setDoing("bind")} data-testid="binding-open">
            {t("terminal.bind")}
          </Button>
        )}
        {doing && <BindDialog page={page} onClose={end} />}
      </>
    );
  }
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
        <div className={css.doing}>
          <Button icon={<SwapOutlined />} onClick={() => setDoing("bind")} data-testid="binding-move">
            {t("terminal.move")}
          </Button>
          <Button danger type="text" onClick={() => setDoing("close")} data-testid="binding-close">
            {t("terminal.close_binding")}
          </Button>
        </div>
      )}
      {doing === "bind" && <BindDialog page={page} onClose={end} />}
      {doing === "close" && <CloseBinding page={page} onClose={end} />}
    </>
  );
}

/** Ends the binding: the terminal can take no payments afterwards, so it names itself and asks why. */
function CloseBinding({ page, onClose }: Props & { onClose: () => void }) {
  const { t } = useWords();
  const { terminal, binding } = page;
  const close = $api.useMutation("post", "/api/v1/terminals/{id}/bindings/close", useAfter(onClose));
  return (
    <FormModal<{ reason: string }>
      title={t("terminal.close_title", { serial: terminal.serial_no })}
      submit={t("terminal.close_binding")}
      danger
      pending={close.isPending}
      problem={close.error}
      onSubmit={({ reason }) => close.mutate({ params: { path: { id: terminal.id } }, body: { reason: reason.trim() } })}
      onClose={onClose}
      lead={t("terminal.close_lead", { store: binding?.store_name ?? "", tid: binding?.tid ?? "" })}
    >
      <Form.Item name="reason" label={t("command.reason")} rules={[{ required: true, whitespace: true, message: t("command.reason_missing") }]}>
        <Input maxLength={200} />
      </Form.Item>
    </FormModal>
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
