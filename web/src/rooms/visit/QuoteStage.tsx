import { App, Button, Checkbox, Input } from "antd";
import { useState } from "react";
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { BlockLoading } from "@ground/parts/Loading";
import { ProblemLine } from "@ground/parts/ProblemView";
import { Bill } from "@rooms/billing/Bill";
import money from "@rooms/billing/billing.module.css";
import { asked, useCosts, useMoney, useMoneyAgain, waiting, type Costs, type Quote } from "@rooms/billing/costs";
import { Cover } from "@rooms/billing/Cover";
import css from "./field.module.css";
import { Sheet } from "./Sheet";
import { isDrawn, SignaturePad, type Stroke } from "./SignaturePad";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

/** What the merchant has to agree to before it is done: what is covered and by which term, what is charged and why, the quote and their yes. */
export function QuoteStage({ page }: { page: Page }) {
  const costs = useCosts(page.order.ticket_id);
  if (costs.isPending) return <BlockLoading lines={3} />;
  if (costs.error) return <ProblemLine problem={costs.error} onRetry={() => void costs.refetch()} />;
  return <Asking page={page} costs={costs.data} />;
}

function Asking({ page, costs }: { page: Page; costs: Costs }) {
  const { t, f } = useWords();
  const live = waiting(costs);
  const charged = costs.may.filter((line) => line.amount > 0);
  return (
    <>
      <Cover costs={costs} linked={false} />
      <Bill lines={costs.lines} total={costs.total} whole={costs.cover?.sentence} />
      {costs.may.length > 0 && (
        <>
          <p className="meta">{t("field.quote_may")}</p>
          <Bill lines={costs.may} whole={costs.cover?.sentence} />
        </>
      )}
      {costs.total === 0 && charged.length === 0 ? (
        <p className={css.plain}>{t("quote.agreed.free")}</p>
      ) : costs.waiver ? (
        <p className={css.plain}>{t("quote.agreed.waived", { by: costs.waiver.by, at: f.moment(costs.waiver.at), reason: costs.waiver.reason })}</p>
      ) : (
        <>
          <p className={costs.agreed === "given" ? css.plain : money.open}>{t(`quote.agreed.${costs.agreed}`, { amount: f.money(costs.open) })}</p>
          {live ? <Waiting page={page} quote={live} /> : <Offer key={costs.items[0]?.id ?? "first"} page={page} costs={costs} />}
        </>
      )}
    </>
  );
}

/** Which of the parts come into the quote; the work itself always does. */
function Offer({ page, costs }: { page: Page; costs: Costs }) {
  const { t, f, pick } = useWords();
  const [with_, setWith] = useState<ReadonlySet<string>>(new Set());
  const [signing, setSigning] = useState(false);
  const { offer, make } = useMoney(page.order.ticket_id);
  const may = costs.may.filter((line) => line.amount > 0);
  const chosen = may.filter((line) => with_.has(line.code));
  const total = costs.total + chosen.reduce((sum, line) => sum + line.amount, 0);
  const toggle = (code: string) => setWith((was) => (was.has(code) ? new Set([...was].filter((c) => c !== code)) : new Set([...was, code])));
  if (costs.agreed === "given" && may.length === 0) return null;
  return (
    <>
      {may.map((line) => (
        <div key={line.code} className={money.part}>
          <Checkbox checked={with_.has(line.code)} onChange={() => toggle(line.code)}>
            {t("field.quote_with", { part: pick(line.name) })}
          </Checkbox>
          <span className="num">{f.money(line.amount)}</span>
        </div>
      ))}
      {make.error && <ProblemLine problem={make.error} />}
      <Button className={css.big} block disabled={total === 0 || (costs.agreed === "given" && chosen.length === 0)} onClick={() => setSigning(true)} data-testid="sign-now">
        {t("field.quote_sign_now", { amount: f.money(total) })}
      </Button>
      {signing && <SignNow page={page} costs={costs} lines={[...costs.lines, ...chosen]} total={total} onClose={() => setSigning(false)} />}
      <Button className={css.big} block disabled={total === 0 || (costs.agreed === "given" && chosen.length === 0)} loading={make.isPending} onClick={() => offer([...costs.lines, ...chosen].map(asked))}>
        {t("field.quote_offer", { amount: f.money(total) })}
      </Button>
    </>
  );
}

function Waiting({ page, quote }: { page: Page; quote: Quote }) {
  const { t, f } = useWords();
  const [signing, setSigning] = useState(false);
  const { say, answer } = useMoney(page.order.ticket_id);
  const by = page.contact?.name ?? "";
  return (
    <>
      <p className={css.plain}>{t("field.quote_waits", { amount: f.money(quote.total) })}</p>
      <Bill lines={quote.lines} total={quote.total} tax={quote.tax} whole={quote.cover?.sentence} />
      {answer.error && !signing && <ProblemLine problem={answer.error} />}
      <div className={css.two}>
        <Button className={css.big} loading={answer.isPending && !signing} onClick={() => say(quote.id, { accept: false, by: by || t("field.quote_merchant"), way: "in_person", note: null, strokes: [] })}>
          {t("field.quote_no")}
        </Button>
        <Button className={css.big} onClick={() => setSigning(true)}>
          {t("field.quote_sign")}
        </Button>
      </div>
      {signing && <SignWaiting page={page} quote={quote} onClose={() => setSigning(false)} />}
    </>
  );
}

/** The quote and the yes as one tap: it waits for a network as every tap of the visit does. */
function SignNow({ page, costs, lines, total, onClose }: { page: Page; costs: Costs; lines: Schema<"Charge">[]; total: number; onClose: () => void }) {
  const after = useMoneyAgain();
  const consent = useCommand(page.order.id, "consent", () => {
    after();
    onClose();
  });
  const sign = (by: string, strokes: number[][][]) => consent.mutate({ lines: lines.map(asked), total, by, strokes });
  return <SignSheet page={page} bill={{ lines, total, whole: costs.cover?.sentence }} pending={consent.isPending && !consent.isPaused} problem={consent.error} onSign={sign} onClose={onClose} />;
}

/** The merchant signs the quote that waits for them. */
function SignWaiting({ page, quote, onClose }: { page: Page; quote: Quote; onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const { say, answer } = useMoney(page.order.ticket_id, () => {
    void message.success(t("field.quote_signed"));
    onClose();
  });
  const sign = (by: string, strokes: number[][][]) => say(quote.id, { accept: true, by, way: "signature", note: null, strokes });
  return <SignSheet page={page} bill={{ lines: quote.lines, total: quote.total, tax: quote.tax, whole: quote.cover?.sentence }} pending={answer.isPending} problem={answer.error} onSign={sign} onClose={onClose} />;
}

type Signing = { page: Page; bill: { lines: readonly Schema<"Charge">[]; total: number; tax?: number; whole?: Schema<"Text"> | undefined }; pending: boolean; problem: Schema<"Problem"> | null; onSign: (by: string, strokes: number[][][]) => void; onClose: () => void };

/** What is signed stands above the line it is signed on. */
function SignSheet({ page, bill, pending, problem, onSign, onClose }: Signing) {
  const { t, f } = useWords();
  const [name, setName] = useState(page.contact?.name ?? "");
  const [strokes, setStrokes] = useState<Stroke[]>([]);
  return (
    <Sheet
      open
      title={t("field.quote_sign_title", { amount: f.money(bill.total) })}
      onClose={onClose}
      foot={
        <Button type="primary" block className={css.main} disabled={!name.trim() || !isDrawn(strokes)} loading={pending} onClick={() => onSign(name.trim(), strokes.map((s) => s.map(([x, y]) => [x, y])))}>
          {t("field.quote_agree", { amount: f.money(bill.total) })}
        </Button>
      }
    >
      <Bill {...bill} />
      <Input size="large" className={css.field} value={name} onChange={(event) => setName(event.target.value)} maxLength={50} aria-label={t("field.signer")} placeholder={t("field.signer")} />
      <SignaturePad strokes={strokes} onChange={setStrokes} />
      {problem && <ProblemLine problem={problem} />}
    </Sheet>
  );
}
