import { App, Button, Input, Segmented } from "antd";
import type { Schema } from "@api";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { useLeftState } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { Sheet } from "./Sheet";
import { isDrawn, SignaturePad, type Stroke } from "./SignaturePad";
import { isOrdered, swapped, type Page } from "./stage";
import { useCommand } from "./useVisit";

type Way = "code" | "signature";
type Typed = { way: Way; code: string; name: string; strokes: Stroke[] };

const none: Stroke[] = [];

/** The merchant says that it works: by the six digits we sent them, or by their hand. */
export function ConfirmStage({ page, onAsk }: { page: Page; onAsk: () => void }) {
  const { t } = useWords();
  const ready = page.missing.length === 0;
  const swap = swapped(page.parts_used);
  return (
    <>
      <p className={css.plain}>{ready ? t(swap ? "field.confirm_swapped" : isOrdered(page) ? "field.confirm_fulfilled" : "field.confirm_fixed", { old: swap?.old ?? "", new: swap?.new ?? "" }) : t("field.confirm_wait", { count: page.missing.length })}</p>
      <Button className={css.big} block disabled={!ready} onClick={onAsk}>
        {t("field.confirm_ask")}
      </Button>
    </>
  );
}

export function ConfirmSheet({ page, onClose }: { page: Page; onClose: () => void }) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const { order, contact } = page;
  const reachable = Boolean(contact?.phone_masked ?? contact?.email_masked);
  const { typed, set, keep } = useLeftState<Typed>(`${order.id} confirm`, { way: reachable ? "code" : "signature", code: "", name: contact?.name ?? "", strokes: none });
  const { way, code, name, strokes } = typed;
  const outcome: Schema<"VisitOutcome"> = swapped(page.parts_used) ? "swapped" : isOrdered(page) ? "fulfilled" : "fixed";
  const complete = useCommand(order.id, "complete", () => {
    void message.success(t("field.completed"));
    onClose();
  });
  const send = $api.useMutation("post", "/api/v1/work-orders/{id}/confirmation-code");
  const ready = way === "code" ? code.length === 6 : name.trim() !== "" && isDrawn(strokes);
  const finish = () =>
    complete.mutate({
      outcome,
      confirmation: way === "code" ? { kind: "code", code } : { kind: "signature", name: name.trim(), strokes: strokes.map((s) => s.map(([x, y]) => [x, y])) },
    });
  return (
    <Sheet
      open
      title={t("field.confirm_title")}
      onClose={() => {
        keep();
        onClose();
      }}
      foot={
        <Button type="primary" block className={css.main} disabled={!ready} loading={complete.isPending} onClick={finish}>
          {t("field.complete")}
        </Button>
      }
    >
      <Segmented<Way>
        block
        size="large"
        className={css.field}
        value={way}
        onChange={(next) => {
          complete.reset();
          set({ way: next });
        }}
        options={[
          { value: "code", label: t("field.by_code") },
          { value: "signature", label: t("field.by_signature") },
        ]}
      />
      {way === "code" ? (
        <>
          <p className={css.plain}>{reachable ? t("field.code_why", { to: contact?.phone_masked ?? contact?.email_masked ?? "" }) : t("field.code_nowhere")}</p>
          <Button className={css.big} block disabled={!reachable} loading={send.isPending} onClick={() => send.mutate({ params: { path: { id: order.id } }, body: {} })}>
            {t(send.data ? "field.code_again" : "field.code_send")}
          </Button>
          {send.data && <p className="meta">✓ {t("field.code_sent", { at: f.clock(send.data.sent_at) })}</p>}
          {send.error && <ProblemLine problem={send.error} />}
          <Input size="large" className={css.code} value={code} onChange={(event) => set({ code: event.target.value.replace(/\D/g, "").slice(0, 6) })} inputMode="numeric" autoComplete="one-time-code" aria-label={t("field.code")} placeholder={t("field.code_hint")} />
        </>
      ) : (
        <>
          <Input size="large" className={css.field} value={name} onChange={(event) => set({ name: event.target.value })} maxLength={50} aria-label={t("field.signer")} placeholder={t("field.signer")} />
          <SignaturePad strokes={strokes} onChange={(drawn) => set({ strokes: drawn })} />
        </>
      )}
      {complete.error && <ProblemLine problem={complete.error} />}
    </Sheet>
  );
}
