import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { ReasonChips } from "./ReasonChips";
import { Sheet } from "./Sheet";
import type { Page } from "./stage";
import { useCommand } from "./useVisit";

/** Ends without a repair. The desk gets the case back, so it must know why and what has to happen. */
export function FailButton({ page }: { page: Page }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [followUp, setFollowUp] = useState("");
  const fail = useCommand(page.order.id, "fail", () => setOpen(false));
  const ready = reason.trim() !== "" && followUp.trim() !== "";
  return (
    <div className={css.apart}>
      <Button type="text" className={css.big} onClick={() => setOpen(true)}>
        {t("field.fail")}
      </Button>
      <Sheet
        open={open}
        title={t("field.fail_title", { number: page.order.number })}
        onClose={() => setOpen(false)}
        foot={
          <Button danger type="primary" block className={css.main} disabled={!ready} loading={fail.isPending} onClick={() => fail.mutate({ reason: reason.trim(), follow_up: followUp.trim() })}>
            {t("field.fail_send")}
          </Button>
        }
      >
        <p className="lead">{t("field.fail_why")}</p>
        <ReasonChips name="fail" onPick={setReason} />
        <Form layout="vertical" component="div">
          <Form.Item label={t("field.fail_reason")} htmlFor="fail-reason">
            <Input.TextArea size="large" id="fail-reason" value={reason} onChange={(event) => setReason(event.target.value)} autoSize={{ minRows: 2 }} maxLength={2000} />
          </Form.Item>
          <Form.Item label={t("field.follow_up")} htmlFor="fail-follow-up">
            <Input.TextArea size="large" id="fail-follow-up" value={followUp} onChange={(event) => setFollowUp(event.target.value)} autoSize={{ minRows: 2 }} maxLength={2000} placeholder={t("field.follow_up_hint")} />
          </Form.Item>
        </Form>
        {fail.error && <ProblemLine problem={fail.error} />}
      </Sheet>
    </div>
  );
}
