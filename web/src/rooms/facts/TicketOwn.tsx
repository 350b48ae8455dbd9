import { Button, Form, Select } from "antd";
import type { TicketPage } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { Fact, FactList } from "@ground/parts/ListPage";
import { ProblemLine } from "@ground/parts/ProblemView";
import { useSession } from "@ground/session/Session";
import { useAfterCommand } from "@rooms/ticket/data";
import css from "./facts.module.css";
import { OwnFields, useDeskFacts } from "./OwnFields";

type Typed = { ticket_type: string; fields: Record<string, string> };

/** What a tenant's own facts say about a ticket: its label, its own fields, what was quoted. */
export function TicketOwn({ page }: { page: TicketPage }) {
  const { may } = useSession();
  const work = may("ticket.work") && page.ticket.closed_at == null;
  return (
    <>
      <Label page={page} work={work} />
      {page.allowed.includes("fields") ? <Fields key={page.ticket.version} page={page} /> : <Said page={page} />}
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
