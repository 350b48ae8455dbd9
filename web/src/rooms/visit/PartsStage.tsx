import { Button } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { PartSheet } from "./PartSheet";
import { isOrdered, isUnit, type Page } from "./stage";
import { usePartNames } from "./usePartNames";

/** What was used, and what was brought for it. The diagnosis comes first: a part without a fault is a part nobody can explain. */
export function PartsStage({ page }: { page: Page }) {
  const { t, pick, f } = useWords();
  const name = usePartNames();
  const [adding, setAdding] = useState<{ part?: string }>();
  const used = new Set(page.parts_used.map((row) => row.part));
  // Which terminal is installed is recorded first of all.
  const unit = page.order.installs && !page.parts_used.some((row) => isUnit(row.part)) ? ["new_unit"] : [];
  const brought = [...new Set([...unit, ...page.order.parts])].filter((part) => !used.has(part));
  const wait = !page.order.diagnosis_code && !isOrdered(page) ? t("field.parts_need_diagnosis") : page.order.backup === null || page.order.backup === undefined ? t("field.parts_need_backup") : null;
  return (
    <>
      {page.parts_used.length > 0 && (
        <ul className={css.remote}>
          {page.parts_used.map((row) => (
            <li key={row.id}>
              <span>{pick(row.name)}</span>
              {(row.old_serial ?? row.new_serial) && (
                <span className={css.serial}>
                  {row.old_serial && row.new_serial ? `${row.old_serial} → ${row.new_serial}` : row.new_serial ? t("field.serial_in", { serial: row.new_serial }) : t("field.serial_out", { serial: row.old_serial ?? "" })}
                </span>
              )}
              {row.model_reason && <span className="meta">{t("field.model_said", { reason: row.model_reason })}</span>}
              <time className="meta num" dateTime={row.at}>
                {f.moment(row.at)}
              </time>
            </li>
          ))}
        </ul>
      )}
      {page.waiting_parts.map((row) => (
        <p key={row.id} className="meta" data-testid="waiting-part">
          {t(`field.waiting.${row.why}`, { part: name(row.kind), since: f.moment(row.since) })}
        </p>
      ))}
      {wait && <p className={css.plain}>{wait}</p>}
      {brought.map((part) => (
        <Button key={part} className={css.big} block disabled={wait !== null} onClick={() => setAdding({ part })}>
          {unit.includes(part) ? t("field.unit_installed") : t("field.part_used", { part: name(part) })}
        </Button>
      ))}
      <Button className={css.big} block disabled={wait !== null} onClick={() => setAdding({})}>
        {t("field.part_other")}
      </Button>
      {brought.length > unit.length && !wait && <p className="meta">{t("field.parts_unused")}</p>}
      {adding && <PartSheet page={page} {...adding} onClose={() => setAdding(undefined)} />}
    </>
  );
}
