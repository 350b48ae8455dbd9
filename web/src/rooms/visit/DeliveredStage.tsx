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
  const { typed, set } = useLeftState(name, { what: order.delivered ?? "" });
  const deliver = useCommand(order.id, "deliver");
  const what = typed.what.trim();
  const saved = what === (order.delivered ?? "");
  return (
    <>
      <p className={css.plain}>{t("field.delivered_why", { name: pick(order.service) })}</p>
      <Input.TextArea
        size="large"
        className={css.field}
        value={typed.what}
        onChange={(event) => {
          set({ what: event.target.value });
          // The part may be folded at any time: what was typed in it is there again when it is opened.
          leave(name, { what: event.target.value });
        }}
        aria-label={t("field.stage.delivered")}
        placeholder={t("field.delivered_hint")}
        autoSize={{ minRows: 2 }}
        maxLength={2000}
      />
      {deliver.error && <ProblemLine problem={deliver.error} />}
      <Button className={css.big} block disabled={!what || saved} loading={deliver.isPending} onClick={() => deliver.mutate({ what })}>
        {t(order.delivered ? "field.delivered_change" : "field.delivered_save")}
      </Button>
    </>
  );
}
