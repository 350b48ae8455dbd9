import { Button } from "antd";
import { useWords } from "@ground/i18n/Words";
import type { Translate } from "@ground/i18n/Words";
import type { Formats } from "@ground/time/format";
import css from "./field.module.css";
import type { Page } from "./stage";
import { useChanged } from "./useVisit";

type Difference = { what: string; before: string; now: string };

/** What a reader of the page would see differently, in words. */
function differences(before: Page, now: Page, t: Translate, f: Formats): Difference[] {
  const none = t("field.none");
  const span = (s: Page["order"]["planned"]) => (s ? f.span(s.from, s.to) : none);
  const views: [what: string, of: (page: Page) => string][] = [
    [t("field.differs.state"), (p) => t(`order_state.${p.order.state}`)],
    [t("field.differs.engineer"), (p) => p.order.engineer?.name ?? none],
    [t("field.differs.planned"), (p) => span(p.order.planned)],
    [t("field.promised"), (p) => span(p.order.promised)],
    [t("field.contact"), (p) => p.contact?.name ?? none],
    [t("field.access"), (p) => p.order.access_note ?? none],
    [t("field.stage.diagnosis"), (p) => p.order.diagnosis_code ?? none],
    [t("field.stage.backup"), (p) => (p.order.backup ? t(`field.backup.${p.order.backup}`) : none)],
    [t("field.differs.steps"), (p) => f.number(p.steps.filter((s) => s.result).length)],
    [t("field.differs.parts"), (p) => f.number(p.parts_used.length)],
  ];
  return views.map(([what, of]) => ({ what, before: of(before), now: of(now) })).filter((d) => d.before !== d.now);
}

/** Somebody else was faster: what is different now. What was being entered is still there, and was not saved. */
export function Changed({ id, now }: { id: string; now: Page }) {
  const { t, f } = useWords();
  const { before, seen } = useChanged(id);
  if (!before) return null;
  const found = differences(before, now, t, f);
  return (
    <div className={css.changed} role="alert">
      <p>{t("field.changed")}</p>
      {found.length > 0 && (
        <dl className={css.dl}>
          {found.map((d) => (
            <div key={d.what} className={css.difference}>
              <dt>{d.what}</dt>
              <dd>
                <s>{d.before}</s> → {d.now}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Button className={css.big} block onClick={seen}>
        {t("field.changed_seen")}
      </Button>
    </div>
  );
}
