import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, InputNumber, Radio, Select } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { FormModal } from "@ground/parts/FormModal";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine, ProblemPage } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import css from "./parts.module.css";
import { DAYS_TO_BRING, nextSteps, useReturnWords, type Step } from "./returns";

type Page = Schema<"PartReturnPage">;
type Body = Schema<"StepPartReturn">;

/** A part that comes back: what it is, where it is, what was done with it, and the next step. */
export function ReturnDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const page = $api.useQuery("get", "/api/v1/part-returns/{id}", { params: { path: { id } } });
  const { what } = useReturnWords();
  const title = page.data ? `${page.data.part_return.tag} ${what(page.data.part_return)}` : "";
  return (
    <Drawer open onClose={onClose} title={title} size={Math.min(520, window.innerWidth)} destroyOnHidden>
      {page.isPending ? <BlockLoading lines={8} /> : page.error ? <ProblemPage problem={page.error} onRetry={() => void page.refetch()} /> : <Returned page={page.data} />}
    </Drawer>
  );
}

/** Sends a step; every list and page that shows the part is asked anew. */
function useStep(id: string, onDone: () => void) {
  const { t } = useWords();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const send = $api.useMutation("post", "/api/v1/part-returns/{id}/steps", {
    onSuccess: (page) => {
      cache.setQueryData($api.queryOptions("get", "/api/v1/part-returns/{id}", { params: { path: { id } } }).queryKey, page);
      for (const path of ["/api/v1/part-returns", "/api/v1/parts", "/api/v1/parts/{id}", "/api/v1/parts/{id}/moves"]) void cache.invalidateQueries({ queryKey: ["get", path] });
      void message.success(t("return.saved"));
      onDone();
    },
  });
  return { ...send, go: (body: Body) => send.mutate({ params: { path: { id } }, body }) };
}

function Returned({ page }: { page: Page }) {
  const { t, f } = useWords();
  const { may } = useSession();
  const { where, finding } = useReturnWords();
  const [asking, setAsking] = useState<Step>();
  const row = page.part_return;
  const receive = useStep(row.id, () => undefined);
  const steps = may("part.manage") ? nextSteps(row) : [];
  // Taking it in asks nothing: one tap.
  const press = (step: Step) => (step === "receive" ? receive.go({ step, note: "" }) : setAsking(step));
  const said = (step: Page["steps"][number]) => {
    if (step.step === "credit") return f.money(Number(step.said));
    return step.step === "find" || step.step === "take_back" ? finding(step.said as Schema<"ReturnFinding">) : step.said;
  };
  return (
    <>
      {steps.length > 0 && (
        <div className={css.tools}>
          {steps.map((step, n) => (
            <Button key={step} type={n === 0 ? "primary" : "default"} danger={step === "scrap" || step === "write_off"} loading={step === "receive" && receive.isPending} onClick={() => press(step)} data-testid={`return-${step}`}>
              {t(step === "find" && row.finding ? "return.do.find_again" : `return.do.${step}`)}
            </Button>
          ))}
        </div>
      )}
      {receive.error && <ProblemLine problem={receive.error} />}
      <dl className={css.facts}>
        <dt>{t("return.now")}</dt>
        <dd data-testid="return-where">
          {row.state === "here" ? t("return.in_store", { finding: where(row).toLowerCase() }) : where(row)} {row.late && <span className={css.low}>{t("return.late", { days: f.number(DAYS_TO_BRING) })}</span>}
        </dd>
        <dt>{t("return.serial")}</dt>
        <dd>{row.serial_no ? <span className={css.number}>{row.serial_no}</span> : t("return.no_serial")}</dd>
        <dt>{t("return.engineer")}</dt>
        <dd>{row.engineer.name}</dd>
        <dt>{t("return.taken_out")}</dt>
        <dd className="num">{f.full(row.made_at)}</dd>
        <dt>{t("return.order")}</dt>
        <dd className="num">{row.work_order_number}</dd>
        {row.fault_code && (
          <>
            <dt>{t("return.fault")}</dt>
            <dd className="num">{row.fault_code}</dd>
          </>
        )}
        {row.vendor_ref && (
          <>
            <dt>{t("return.vendor_ref")}</dt>
            <dd className={css.number}>{row.vendor_ref}</dd>
          </>
        )}
        {typeof row.credit_fen === "number" && (
          <>
            <dt>{t("return.credit")}</dt>
            <dd className="num">{f.money(row.credit_fen)}</dd>
          </>
        )}
      </dl>
      <h3 className={css.head}>{t("return.steps")}</h3>
      {page.steps.length === 0 ? (
        <p className="meta">{t("return.steps_none")}</p>
      ) : (
        <ul className={css.carriedOut} data-testid="return-steps">
          {page.steps.map((step) => (
            <li key={step.id}>
              {t(`return.did.${step.step}` as Key, { said: said(step) })}
              {step.note && <span className={css.note}>{step.note}</span>}
              <span className={`meta ${css.who}`}>
                {step.by} {f.moment(step.at)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {asking && <StepDialog page={page} step={asking} onClose={() => setAsking(undefined)} />}
    </>
  );
}

type Typed = { finding?: Schema<"ReturnFinding">; vendor_ref?: string; yuan?: number; part_id?: string; serial?: string; note?: string };

/** What a step asks for. */
function StepDialog({ page, step, onClose }: { page: Page; step: Step; onClose: () => void }) {
  const { t } = useWords();
  const { finding } = useReturnWords();
  const [form] = Form.useForm<Typed>();
  const send = useStep(page.part_return.id, onClose);
  const why = step === "scrap" || step === "write_off";
  const must = why || step === "repair";
  const submit = ({ yuan, note, ...typed }: Typed) =>
    send.go({ step, ...typed, ...(yuan !== undefined && { credit_fen: Math.round(yuan * 100) }), note: note?.trim() ?? "" });
  const chosen = Form.useWatch("part_id", form) as string | undefined;
  const needsSerial = !page.part_return.serial_no && page.fits.some((part) => part.id === chosen && part.serialised);
  return (
    <FormModal<Typed>
      title={`${t(`return.do.${step}`)} ${page.part_return.tag}`}
      submit={t(`return.do.${step}`)}
      form={form}
      danger={why}
      {...((step === "scrap" || step === "write_off" || step === "stock" || step === "send") && { lead: t(`return.lead.${step}`) })}
      initial={step === "stock" && page.fits[0] ? { part_id: page.fits[0].id } : {}}
      pending={send.isPending}
      problem={send.error}
      onSubmit={submit}
      onClose={onClose}
      button={{ "data-testid": "return-save" }}
    >
      {(step === "find" || step === "take_back") && (
        <Form.Item name="finding" label={t("return.finding")} rules={[{ required: true, message: t("return.note_missing") }]}>
          <Radio.Group className={css.kinds}>
            {(["good", "repairable", "dead"] as const).map((one) => (
              <Radio key={one} value={one} data-testid={`finding-${one}`}>
                {finding(one)}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
      )}
      {step === "send" && (
        <Form.Item name="vendor_ref" label={t("return.vendor_ref")} rules={[{ required: true, whitespace: true, message: t("return.note_missing") }]}>
          <Input maxLength={200} />
        </Form.Item>
      )}
      {step === "credit" && (
        <Form.Item name="yuan" label={t("return.amount")} rules={[{ required: true, message: t("return.note_missing") }]}>
          <InputNumber min={0} max={100_000} precision={2} prefix="¥" className={css.wide} />
        </Form.Item>
      )}
      {step === "stock" && (
        <Form.Item name="part_id" label={t("return.part")} rules={[{ required: true, message: t("return.note_missing") }]} {...(page.fits.length === 0 && { extra: t("return.part_none") })}>
          <Select options={page.fits.map((part) => ({ value: part.id, label: `${part.number} ${part.name}` }))} />
        </Form.Item>
      )}
      {step === "stock" && needsSerial && (
        <Form.Item name="serial" label={t("return.serial")} rules={[{ required: true, whitespace: true, message: t("return.note_missing") }]}>
          <Input maxLength={40} />
        </Form.Item>
      )}
      <Form.Item name="note" label={t(step === "repair" ? "return.note_repair" : why ? "return.note_why" : "return.note")} rules={[{ required: must, whitespace: must, message: t("return.note_missing") }]}>
        <Input maxLength={200} />
      </Form.Item>
    </FormModal>
  );
}
