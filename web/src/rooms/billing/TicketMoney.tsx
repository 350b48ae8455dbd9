import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import type { Schema, TicketPage } from "@api";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useDeskFacts } from "@rooms/facts/OwnFields";
import { Bill } from "./Bill";
import { asked, useCosts, useMoney, waiting, type Costs } from "./costs";
import { Cover } from "./Cover";
import { QuoteList } from "./QuoteList";
import css from "./billing.module.css";

type Typed = { lines: { code?: string; quantity: number; cost?: number | null }[] };

/** The money of a case: what its visit costs and what covers it, what was quoted, and what the merchant said. */
export function TicketMoney({ page }: { page: TicketPage }) {
  const { t } = useWords();
  const { may } = useSession();
  const { ticket } = page;
  const costs = useCosts(ticket.id).data;
  if (!costs) return null;
  const open = page.allowed.includes("quote");
  return (
    <section className={css.money} aria-label={t("quote.title")}>
      <h3>{t("quote.title")}</h3>
      <Cover costs={costs} linked above={page.coverage?.sentence} />
      {costs.lines.length > 0 && <Bill lines={costs.lines} total={costs.total} whole={costs.cover?.sentence} />}
      <Agreed costs={costs} />
      {open && may("charge.waive") && costs.open > 0 && !costs.waiver && <Waive ticket={ticket.id} />}
      <QuoteList ticket={ticket.id} costs={costs} contact={page.contact.name ?? ""} mayAnswer={open && may("quote.answer")} />
      {open && <Make key={costs.items[0]?.id ?? "first"} ticket={ticket.id} costs={costs} />}
    </section>
  );
}

/** Whether the work may begin, as far as money goes. */
function Agreed({ costs }: { costs: Costs }) {
  const { t, f } = useWords();
  if (costs.lines.length === 0) return null;
  if (costs.total === 0) return <p className={css.fine}>{t("quote.agreed.free")}</p>;
  if (costs.waiver) return <p className={css.fine}>{t("quote.agreed.waived", { by: costs.waiver.by, at: f.moment(costs.waiver.at), reason: costs.waiver.reason })}</p>;
  return (
    <p className={costs.agreed === "given" ? css.fine : css.open} data-testid="agreed">
      {t(`quote.agreed.${costs.agreed}`, { amount: f.money(costs.open) })}
    </p>
  );
}

function Waive({ ticket }: { ticket: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const money = useMoney(ticket, () => setOpen(false));
  if (!open)
    return (
      <Button size="small" onClick={() => setOpen(true)} data-testid="waive">
        {t("quote.waive")}
      </Button>
    );
  return (
    <div className={css.form}>
      <Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} autoSize={{ minRows: 2 }} maxLength={200} aria-label={t("quote.waive_why")} placeholder={t("quote.waive_why")} />
      {money.waive.error && <ProblemLine problem={money.waive.error} />}
      <div className={css.acts}>
        <Button onClick={() => setOpen(false)}>{t("quote.back")}</Button>
        <Button type="primary" disabled={!why.trim()} loading={money.waive.isPending} onClick={() => money.letGo(why.trim())}>
          {t("quote.waive")}
        </Button>
      </div>
    </div>
  );
}

/** What is charged of the visit stands there already; the desk takes away and adds. */
function Make({ ticket, costs }: { ticket: string; costs: Costs }) {
  const { t, f, pick } = useWords();
  const facts = useDeskFacts().data;
  const [form] = Form.useForm<Typed>();
  const money = useMoney(ticket);
  if (!facts) return null;
  const price = (p: Schema<"Price">) => (p.percent != null ? `+${p.percent}%` : p.at_cost ? t("facts.field.at_cost") : f.money(p.price ?? 0));
  const charged = [...costs.lines, ...costs.may].map(asked);
  const send = ({ lines }: Typed) => money.offer(lines.flatMap((line) => (line.code ? [{ code: line.code, quantity: line.quantity, cost: line.cost ?? null }] : [])));
  return (
    <Form<Typed> form={form} initialValues={{ lines: charged.length > 0 ? charged : [{ quantity: 1 }] }} onFinish={send}>
      <h4>{t(waiting(costs) ? "quote.make_other" : "quote.make_new")}</h4>
      <Form.List name="lines">
        {(rows, { add, remove }) => (
          <div className={css.rows}>
            {rows.map((row) => (
              <div key={row.key} className={css.row}>
                <Form.Item name={[row.name, "code"]} noStyle>
                  <Select showSearch={{ optionFilterProp: "label" }} placeholder={t("quote.choose")} aria-label={t("quote.choose")} options={facts.prices.map((p) => ({ value: p.code, label: `${pick(p.name)} ${price(p)}` }))} />
                </Form.Item>
                <Form.Item name={[row.name, "quantity"]} noStyle>
                  <InputNumber min={1} max={99} precision={0} aria-label={t("quote.quantity")} />
                </Form.Item>
                <Button type="text" aria-label={t("quote.remove")} title={t("quote.remove")} onClick={() => remove(row.name)}>
                  ×
                </Button>
                <Form.Item noStyle shouldUpdate>
                  {({ getFieldValue }) =>
                    facts.prices.find((p) => p.code === getFieldValue(["lines", row.name, "code"]))?.at_cost && (
                      <Form.Item name={[row.name, "cost"]} noStyle getValueProps={(fen: unknown) => ({ value: typeof fen === "number" ? fen / 100 : null })} normalize={(yuan: number | null) => (yuan === null ? null : Math.round(yuan * 100))}>
                        <InputNumber min={0} precision={2} prefix="¥" aria-label={t("quote.cost")} />
                      </Form.Item>
                    )
                  }
                </Form.Item>
              </div>
            ))}
            <div className={css.acts}>
              <Button type="text" onClick={() => add({ quantity: 1 })}>
                {t("quote.add")}
              </Button>
              <Button htmlType="submit" loading={money.make.isPending} data-testid="quote-make">
                {t("quote.make")}
              </Button>
            </div>
          </div>
        )}
      </Form.List>
      {money.make.error && <ProblemLine problem={money.make.error} />}
    </Form>
  );
}
