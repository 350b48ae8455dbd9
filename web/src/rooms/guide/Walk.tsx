import { Button, Input, Popover } from "antd";
import { useEffect, useRef, useState } from "react";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useKeys, type KeyMap } from "@ground/keys/useKeys";
import { useWords } from "@ground/i18n/Words";
import { Kbd } from "@ground/parts/Kbd";
import { ProblemLine } from "@ground/parts/ProblemView";
import { Answered } from "./Answered";
import css from "./guide.module.css";
import { useWalked } from "./GuidePanel";

type Props = { ticket: string; view: Schema<"GuideView">; may: boolean };

/** The open question. Keys 1 to 9 answer, Backspace goes back; nothing is asked twice. */
export function Walk({ ticket, view, may }: Props) {
  const { t, pick } = useWords();
  const walked = useWalked(ticket);
  const answer = $api.useMutation("post", "/api/v1/tickets/{id}/guide/answers", walked);
  const back = $api.useMutation("post", "/api/v1/tickets/{id}/guide/back", walked);
  const params = { path: { id: ticket } };
  const { step } = view;
  const busy = answer.isPending || back.isPending;
  const give = (choice: string) => step && !busy && answer.mutate({ params, body: { step: step.id, answer: choice } });
  const goBack = () => !busy && view.answered.some((a) => !a.auto) && back.mutate({ params, body: {} });

  const keys: KeyMap = { Backspace: goBack };
  step?.answers.forEach((choice, i) => i < 9 && (keys[String(i + 1)] = () => give(choice.id)));
  useKeys(keys, { off: !may });

  // The button that led here is gone with its step; who walks by keys stands before the next question.
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) panel.current?.focus({ preventScroll: true });
  }, [step?.id]);

  return (
    <section className={css.panel} ref={panel} tabIndex={-1}>
      <header className={css.head}>
        <strong>{pick(view.name)}</strong>
        <span className="meta num">{t("guide.position", { at: view.position, of: Math.max(view.position, view.about_total) })}</span>
      </header>
      {view.known.length > 0 && <p className="meta">{t("guide.known", { facts: view.known.map(pick).join(t("list.comma")) })}</p>}
      {step && (
        <div className={css.question} aria-live="polite">
          <h2>{pick(step.question)}</h2>
          {step.hint && <p>{pick(step.hint)}</p>}
          {step.why && <p className="meta">{t("guide.why", { why: pick(step.why) })}</p>}
          <div className={css.answers}>
            {step.answers.map((choice, i) => (
              <Button key={choice.id} block disabled={!may || busy} onClick={() => give(choice.id)} className={css.answer} data-testid={`answer-${choice.id}`}>
                {i < 9 && <Kbd>{String(i + 1)}</Kbd>} <span>{pick(choice.label)}</span>
              </Button>
            ))}
          </div>
        </div>
      )}
      {(answer.error ?? back.error) && <ProblemLine problem={(answer.error ?? back.error)!} />}
      {may && (
        <div className={css.foot}>
          <Button onClick={goBack} disabled={busy || !view.answered.some((a) => !a.auto)} data-testid="guide-back">
            {t("guide.back")} <Kbd>⌫</Kbd>
          </Button>
          <Leave ticket={ticket} />
        </div>
      )}
      <Answered steps={view.answered} />
    </section>
  );
}

/** Giving a walk up takes a reason: it is how guides get better. */
function Leave({ ticket }: { ticket: string }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  const leave = $api.useMutation("post", "/api/v1/tickets/{id}/guide/leave", useWalked(ticket));
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t("guide.leave_why")}
      content={
        <div className={css.leave}>
          <Input.TextArea value={reason} onChange={(event) => setReason(event.target.value)} maxLength={200} autoSize={{ minRows: 2 }} aria-label={t("guide.leave_why")} />
          {leave.error && <ProblemLine problem={leave.error} />}
          <Button disabled={!reason.trim()} loading={leave.isPending} onClick={() => leave.mutate({ params: { path: { id: ticket } }, body: { reason: reason.trim() } })} data-testid="guide-leave">
            {t("guide.leave")}
          </Button>
        </div>
      }
    >
      <Button type="text">{t("guide.leave")}</Button>
    </Popover>
  );
}
