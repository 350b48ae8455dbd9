import { TimePicker } from "antd";
import dayjs from "dayjs";
import { useWords } from "@ground/i18n/Words";
import type { Span } from "./data";
import css from "./dispatch.module.css";
import { midnight } from "./scale";

type Props = { label: string; day: string; value: Span | undefined; onChange: (span: Span) => void };

const MINUTE = 60_000;
const shape = { format: "HH:mm", minuteStep: 15, needConfirm: false, allowClear: false } as const;

/** The picker only knows times of some day; which day, this field knows. */
const shown = (clock: string) => (clock ? dayjs(`2000-01-01T${clock}`) : null);

/** Two times of one day, in the house's zone whatever zone the browser is in. */
export function SpanField({ label, day, value, onChange }: Props) {
  const { t, f } = useWords();
  const at = (typed: string) => {
    const [hours = 0, minutes = 0] = typed.split(":").map(Number);
    return new Date(midnight(day) + (hours * 60 + minutes) * MINUTE).toISOString();
  };
  const [from, to] = [value ? f.clock(value.from) : "", value ? f.clock(value.to) : ""];
  const set = (next: { from?: string; to?: string }) => {
    const [a, b] = [next.from ?? from, next.to ?? to];
    if (a || b) onChange({ from: at(a || b), to: at(b || a) });
  };
  return (
    <fieldset className={css.span}>
      <legend>
        {label} <span className="meta">{f.date(new Date(midnight(day)))}</span>
      </legend>
      <TimePicker {...shape} value={shown(from)} onChange={(time) => time && set({ from: time.format("HH:mm") })} aria-label={t("dispatch.from", { label })} />
      <span aria-hidden>–</span>
      <TimePicker {...shape} value={shown(to)} onChange={(time) => time && set({ to: time.format("HH:mm") })} aria-label={t("dispatch.to", { label })} />
    </fieldset>
  );
}
