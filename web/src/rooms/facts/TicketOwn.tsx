import { Button, Form, InputNumber, Select } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import type { Schema, TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Fact, FactList } from "@ground/parts/ListPage";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useAfterCommand } from "@rooms/ticket/data";
import css from "./facts.module.css";
import { OwnFields, useDeskFacts } from "./OwnFields";

type Typed = { ticket_type: string; fields: Record<string, string> };
type Lines = { lines: { code?: string; quantity: number; cost?: number | null }[] };

/** What a tenant's own facts say about a ticket: its label, its own fields, what was quoted. */
export function TicketOwn({ page }: { page: TicketPage }) {
  const { may } = useSession();
  const work = may("ticket.work") && page.ticket.closed_at == null;
  return (
    <>
      <Label page={page} work={work} />
      {page.allowed.includes("fields") ? <Fields key={page.ticket.version} page={page} /> : <Said page={page} />}
      <Quotes page={page} />
    </>
  );
}

function Label({ page, work }: { page: TicketPage; work: boolean }) {
  const { t, pick } = useWords();
  const facts = useDeskFacts().data;
  const { ticket } = page;
  const put = $api.useMutation("post", "/api/v1/tickets/{id}/label", useAfterCommand(() => {}));
  const fitting = (facts?.labels ?? []).filter((label) => label.state === ticket.state && label.code !== ticket.state);
  const own = fitting.some((label) => label.code === ticket.label.code) ? ticket.label.code : null;
  return (
    <section className={css.own}>
      <h3>{t("facts.own_label")}</h3>
      <FactList>
        <Fact name={t("facts.field.agent")}>{pick(ticket.label.agent)}</Fact>
        <Fact name={t("facts.field.customer")}>{pick(ticket.label.customer)}</Fact>
      </FactList>
      {work && fitting.length > 0 && (
        <Select
          allowClear
          value={own}
          loading={put.isPending}
          placeholder={t("facts.label_choose")}
          aria-label={t("facts.label_choose")}
          data-testid="own-label"
          onChange={(label: string | undefined) => put.mutate({ params: { path: { id: ticket.id } }, body: { version: ticket.version, label: label ?? null } })}
          options={fitting.map((label) => ({ value: label.code, label: label.pauses ? `${pick(label.agent)} ‖` : pick(label.agent) }))}
        />
      )}
      {put.error && put.error.code !== "stale" && <ProblemLine problem={put.error} />}
    </section>
  );
}

function Said({ page }: { page: TicketPage }) {
  const { t, pick } = useWords();
  return (
    <section className={css.own}>
      <FactList>
        <Fact name={t("facts.field.ticket_type")}>{pick(page.ticket.ticket_type_name)}</Fact>
        {page.ticket.fields.map(({ field, shown }) => (
          <Fact key={field.code} name={pick(field.name)}>
            {pick(shown) || "—"}
          </Fact>
        ))}
      </FactList>
    </section>
  );
}

function Fields({ page }: { page: TicketPage }) {
  const { t } = useWords();
  const { ticket } = page;
  const [form] = Form.useForm<Typed>();
  const type = Form.useWatch("ticket_type", form) ?? ticket.ticket_type;
  const put = $api.useMutation("post", "/api/v1/tickets/{id}/fields", useAfterCommand(() => {}));
  const known = Object.fromEntries(ticket.fields.map(({ field, value }) => [field.code, value ?? ""]));
  return (
    <section className={css.own}>
      <h3>{t("facts.own_fields")}</h3>
      <Form<Typed>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ticket_type: ticket.ticket_type, fields: known }}
        onFinish={(typed) => {
          const fields = Object.fromEntries(Object.entries(typed.fields ?? {}).map(([code, value]) => [code, value ?? ""]));
          put.mutate({ params: { path: { id: ticket.id } }, body: { version: ticket.version, ticket_type: typed.ticket_type ?? null, fields } });
        }}
      >
        <OwnFields type={type} />
        {put.error && put.error.code !== "stale" && <ProblemLine problem={put.error} />}
        <Button htmlType="submit" loading={put.isPending} data-testid="own-save">
          {t("facts.own_save")}
        </Button>
      </Form>
    </section>
  );
}

function Quotes({ page }: { page: TicketPage }) {
  const { t, f, pick } = useWords();
  const cache = useQueryClient();
  const params = { path: { id: page.ticket.id } };
  const quotes = $api.useQuery("get", "/api/v1/tickets/{id}/quotes", { params });
  const facts = useDeskFacts().data;
  const [form] = Form.useForm<Lines>();
  const make = $api.useMutation("post", "/api/v1/tickets/{id}/quotes", {
    onSuccess: () => {
      form.resetFields();
      void cache.invalidateQueries({ queryKey: $api.queryOptions("get", "/api/v1/tickets/{id}/quotes", { params }).queryKey });
    },
  });
  const price = (p: Schema<"Price">) => (p.percent != null ? `+${p.percent}%` : p.at_cost ? t("facts.field.at_cost") : f.money(p.price ?? 0));
  return (
    <section className={css.own}>
      <h3>{t("quote.title")}</h3>
      {quotes.data?.items.map((quote) => (
        <table key={quote.id} className={css.quote} data-testid="quote">
          <caption>{t("quote.by", { by: quote.by, at: f.moment(quote.at), day: quote.priced_on, version: quote.price_version === 0 ? t("quote.shipped") : quote.price_version })}</caption>
          <tbody>
            {quote.lines.map((line) => (
              <tr key={line.code}>
                <th scope="row">
                  {pick(line.name)}
                  {line.percent != null ? ` +${line.percent}%` : line.quantity > 1 ? ` × ${line.quantity}` : ""}
                </th>
                <td>{f.money(line.amount)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">{t("quote.total", { tax: f.money(quote.tax) })}</th>
              <td>
                <strong>{f.money(quote.total)}</strong>
              </td>
            </tr>
          </tbody>
        </table>
      ))}
      {page.allowed.includes("quote") && facts && (
        <Form<Lines> form={form} initialValues={{ lines: [{ quantity: 1 }] }} onFinish={({ lines }) => make.mutate({ params, body: { lines: lines.flatMap((line) => (line.code ? [{ code: line.code, quantity: line.quantity, cost: line.cost ?? null }] : [])) } })}>
          <Form.List name="lines">
            {(rows, { add }) => (
              <div className={css.list}>
                {rows.map((row) => (
                  <div key={row.key} className={css.quoteRow}>
                    <Form.Item name={[row.name, "code"]} noStyle>
                      <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("quote.choose")} aria-label={t("quote.choose")} options={facts.prices.map((p) => ({ value: p.code, label: `${pick(p.name)} ${price(p)}` }))} />
                    </Form.Item>
                    <Form.Item name={[row.name, "quantity"]} noStyle>
                      <InputNumber min={1} max={99} precision={0} aria-label={t("quote.quantity")} />
                    </Form.Item>
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
                  <Button htmlType="submit" loading={make.isPending} data-testid="quote-make">
                    {t("quote.make")}
                  </Button>
                </div>
              </div>
            )}
          </Form.List>
        </Form>
      )}
      {make.error && <ProblemLine problem={make.error} />}
    </section>
  );
}
