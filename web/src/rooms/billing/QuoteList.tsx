import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import { Bill } from "./Bill";
import { useMoney, type Costs, type Quote } from "./costs";
import css from "./billing.module.css";

/** What was quoted, newest first, with what the merchant answered. One that waits can be answered for them: who said so, and how. */
export function QuoteList({ ticket, costs, contact, mayAnswer }: { ticket: string; costs: Costs; contact: string; mayAnswer: boolean }) {
  const { t, f, pick } = useWords();
  return (
    <ol className={css.quotes}>
      {costs.items.map((quote) => (
        <li key={quote.id} data-testid="quote" data-state={quote.state}>
          <p className={css.head}>
            <strong>{t(`quote.state.${quote.state}`)}</strong>
            <span className="meta">{t("quote.by", { by: quote.by, at: f.moment(quote.at), day: quote.priced_on, version: quote.price_version === 0 ? t("quote.shipped") : t("quote.version", { version: quote.price_version }) })}</span>
          </p>
          {quote.cover && quote.cover.sentence.zh !== costs.cover?.sentence.zh && <p className="meta">{pick(quote.cover.sentence)}</p>}
          <Bill lines={quote.lines} total={quote.total} tax={quote.tax} whole={quote.cover?.sentence} />
          {quote.answer && (
            <p className="meta">
              {t(quote.state === "declined" ? "quote.said_no" : "quote.said_yes", { by: quote.answer.by, at: f.moment(quote.answer.at), way: t(`quote.way.${quote.answer.way}`) })}
              {quote.answer.noted_by && ` ${t("quote.noted_by", { by: quote.answer.noted_by })}`}
              {quote.answer.note && ` ${quote.answer.note}`}
            </p>
          )}
          {quote.state === "offered" && quote.valid_until && <p className="meta">{t("quote.valid_until", { at: f.moment(quote.valid_until) })}</p>}
          {quote.state === "offered" && mayAnswer && <AnswerForm ticket={ticket} quote={quote} contact={contact} />}
        </li>
      ))}
    </ol>
  );
}

const ways = ["phone", "wechat", "mail", "in_person"] as const;

function AnswerForm({ ticket, quote, contact }: { ticket: string; quote: Quote; contact: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [accept, setAccept] = useState(true);
  const [by, setBy] = useState(contact);
  const [way, setWay] = useState<(typeof ways)[number]>("phone");
  const [note, setNote] = useState("");
  const money = useMoney(ticket, () => setOpen(false));
  if (!open)
    return (
      <Button size="small" onClick={() => setOpen(true)} data-testid="quote-answer">
        {t("quote.note_answer")}
      </Button>
    );
  return (
    <div className={css.form}>
      <Segmented block value={accept} onChange={setAccept} options={[{ value: true, label: t("quote.yes") }, { value: false, label: t("quote.no") }]} />
      <Input value={by} onChange={(event) => setBy(event.target.value)} maxLength={50} aria-label={t("quote.who")} placeholder={t("quote.who")} />
      <Select value={way} onChange={setWay} aria-label={t("quote.how")} options={ways.map((value) => ({ value, label: t(`quote.way.${value}`) }))} />
      <Input value={note} onChange={(event) => setNote(event.target.value)} maxLength={200} aria-label={t("quote.note")} placeholder={t("quote.note")} />
      {money.answer.error && <ProblemLine problem={money.answer.error} />}
      <div className={css.acts}>
        <Button onClick={() => setOpen(false)}>{t("quote.back")}</Button>
        <Button type="primary" disabled={!by.trim()} loading={money.answer.isPending} onClick={() => money.say(quote.id, { accept, by: by.trim(), way, note: note.trim() || null, strokes: [] })} data-testid="quote-note">
          {t("quote.keep_answer")}
        </Button>
      </div>
    </div>
  );
}
