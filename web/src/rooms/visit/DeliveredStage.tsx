import { Button, Input } from "antd";
import { useWords } from "@ground/i18n/Words";
import { leave, useLeftState } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

/** What was installed or delivered, of a service that was ordered; in place of a fault. */
export function DeliveredStage({ page }: { page: Page }) {
  const { t, pick } = useWords();
  const { order } = page;
  const name = `${order.id} delivered`;
  const { typed, set } = useLeftState(name, { what: order.delivered ?? "", tid: order.tid ?? "" });
  const deliver = useCommand(order.id, "deliver");
  const what = typed.what.trim();
  const tid = typed.tid.trim().toUpperCase();
  const saved = what === (order.delivered ?? "") && tid === (order.tid ?? "");
  const change = (to: Partial<typeof typed>) => {
    set(to);
    // The part may be folded at any time: what was typed in it is there again when it is opened.
    leave(name, { ...typed, ...to });
  };
  return (
    <>
      <p className={css.plain}>{t("field.delivered_why", { name: pick(order.service) })}</p>
      <Input.TextArea
        size="large"
        className={css.field}
        value={typed.what}
        onChange={(event) => change({ what: event.target.value })}
        aria-label={t("field.stage.delivered")}
        placeholder={t("field.delivered_hint")}
        autoSize={{ minRows: 2 }}
        maxLength={2000}
      />
      {order.installs && (
        <Input size="large" className={`${css.field} ${css.serial}`} value={typed.tid} onChange={(event) => change({ tid: event.target.value })} maxLength={8} autoCapitalize="characters" autoCorrect="off" spellCheck={false} aria-label={t("field.tid")} placeholder={t("field.tid_hint")} />
      )}
      {deliver.error && <ProblemLine problem={deliver.error} />}
      <Button className={css.big} block disabled={!what || saved} loading={deliver.isPending} onClick={() => deliver.mutate({ what, tid: tid || null })}>
        {t(order.delivered ? "field.delivered_change" : "field.delivered_save")}
      </Button>
    </>
  );
}
