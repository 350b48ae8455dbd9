import { App, Button, Input, Select } from "antd";
import { useWords } from "@ground/i18n/Words";
import { BackLine } from "@ground/parts/BackLine";
import { grouped } from "@ground/parts/CopyNumber";
import { useLeftState } from "@ground/parts/left";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";
import { SerialField, isSure, type Serial } from "./SerialField";
import { Sheet } from "./Sheet";
import { isOrdered, isUnit, standing, type Page } from "./stage";
import { usePartList } from "./usePartNames";
import { useAsk, useCommand } from "./useVisit";

type Typed = { part: string | undefined; old: Serial; fresh: Serial; other: boolean; why: string };

/** The server warns of a unit of another model; with a reason it lets it pass. */
const otherModel: ReadonlySet<string | undefined> = new Set(["visit.other_model", "visit.other_model_lacks"]);

const empty: Serial = { typed: "", again: "", scanned: false };
const plain = (serial: Serial) => serial.typed.trim() || null;

/** Which part, and for those that have one, what went out and what came in. The old unit is known; it is only confirmed. */
export function PartSheet({ page, part: given, onClose }: { page: Page; part?: string; onClose: () => void }) {
  const { t, pick } = useWords();
  const parts = usePartList();
  const { typed, set, back, keep, anew } = useLeftState<Typed>(`${page.order.id} part ${given ?? ""}`, { part: given, old: empty, fresh: empty, other: false, why: "" });
  const { part, old, fresh, other, why } = typed;
  const use = useCommand(page.order.id, "parts", onClose);
  const { message } = App.useApp();
  const ask = useAsk(page.order.id, () => {
    void message.success(t("field.part_asked"));
    onClose();
  });

  const chosen = parts.data?.items.find((p) => p.code === part);
  const unit = part !== undefined && isUnit(part);
  // Where a unit is installed, none stood before.
  const bare = !unit || isOrdered(page);
  const known = !bare && !other ? standing(page) : null;
  const oldReady = known !== null || isSure(old, bare);
  const warned = otherModel.has(use.error?.code);
  // The catalogue may keep serials of what the house does not, and it knows which ones are in the bag.
  const carried = page.bring.filter((one) => one.kind === part).flatMap((one) => one.serials ?? []);
  const named = chosen?.serialised === true || carried.length > 0 || use.error?.field === "new_serial";
  const absent = use.error?.code === "stock.fetch_first" || use.error?.code === "stock.not_carried";
  const ready = chosen !== undefined && (!named || (oldReady && isSure(fresh, !unit))) && (!warned || why.trim() !== "");
  const save = () => {
    if (!chosen) return;
    const serials = named ? { old_serial: known ?? plain(old), new_serial: plain(fresh), model_reason: unit ? why.trim() || null : null } : {};
    use.mutate({ part: chosen.code, ...serials });
  };

  return (
    <Sheet
      open
      title={t("field.part_title")}
      onClose={() => {
        keep();
        onClose();
      }}
      foot={
        <Button type="primary" block className={css.main} disabled={!ready} loading={use.isPending} onClick={save}>
          {t(warned ? "field.part_save_other" : "field.part_save")}
        </Button>
      }
    >
      {given === undefined ? (
        <Select
          size="large"
          className={css.field}
          style={{ width: "100%" }}
          value={part}
          onChange={(code) => set({ part: code })}
          showSearch={{ optionFilterProp: "label" }}
          loading={parts.isPending}
          aria-label={t("field.part_choose")}
          placeholder={t("field.part_choose")}
          options={parts.data?.items.map((p) => ({ value: p.code, label: pick(p.name) })) ?? []}
        />
      ) : (
        <h3 className={css.cardTitle}>{pick(chosen?.name)}</h3>
      )}
      {parts.error && <ProblemLine problem={parts.error} onRetry={() => void parts.refetch()} />}
      {chosen && named && (
        <>
          {known ? (
            <div className={css.known}>
              <span className="meta">{t("field.old_serial")}</span>
              <span className={css.serial}>{grouped(known)}</span>
              <Button type="link" onClick={() => set({ other: true })}>
                {t("field.old_serial_other")}
              </Button>
            </div>
          ) : (
            <SerialField label={t("field.old_serial")} optional={bare} value={old} onChange={(serial) => set({ old: serial })} />
          )}
          {carried.length > 0 && (
            <div className={css.chips} role="group" aria-label={t("field.in_bag")}>
              {carried.map((serial) => (
                <Button key={serial} className={css.serial} onClick={() => (use.reset(), set({ fresh: { typed: serial, again: serial, scanned: true } }))}>
                  {grouped(serial)}
                </Button>
              ))}
            </div>
          )}
          <SerialField label={t("field.new_serial")} optional={!unit && carried.length === 0} value={fresh} onChange={(serial) => (use.reset(), set({ fresh: serial }))} />
        </>
      )}
      <BackLine back={back} onAnew={anew} />
      {use.error && !warned && (
        <ProblemLine problem={use.error}>
          {absent && part && (
            <Button loading={ask.isPending} onClick={() => ask.mutate({ params: { path: { id: page.order.id } }, body: { part } })} data-testid="ask-part">
              {t("field.part_ask")}
            </Button>
          )}
        </ProblemLine>
      )}
      {ask.error && <ProblemLine problem={ask.error} />}
      {use.error && warned && (
        <section className={css.warning} role="alert" aria-label={t("field.model_other")} data-testid="other-model">
          <p>
            <span aria-hidden>▲</span> {use.error.detail}
          </p>
          <Input.TextArea size="large" value={why} onChange={(event) => set({ why: event.target.value })} autoSize={{ minRows: 2 }} maxLength={500} aria-label={t("field.model_reason")} placeholder={t("field.model_reason_hint")} />
        </section>
      )}
    </Sheet>
  );
}
