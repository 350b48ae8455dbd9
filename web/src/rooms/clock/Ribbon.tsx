import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import css from "./clock.module.css";

type Line = Schema<"ClockLine">;

/** Share of the whole a stretch takes, at least enough to be seen. */
export function shares(lines: readonly Line[], now: string): number[] {
  const spans = lines.map((line) => Math.max(0, Date.parse(line.to ?? now) - Date.parse(line.from)));
  const whole = spans.reduce((a, b) => a + b, 0) || 1;
  return spans.map((span) => Math.max(0.015, span / whole));
}

/** All stretches in one band: pattern and word, so that it reads without colour. */
export function Ribbon({ lines, now }: { lines: readonly Line[]; now: string }) {
  const { t, f } = useWords();
  const widths = shares(lines, now);
  return (
    <div className={css.ribbon} aria-hidden>
      {lines.map((line, i) => {
        const word = t(`clock_page.kind_${line.kind}`);
        const wide = (widths[i] ?? 0) > 0.12;
        return (
          <span key={`${line.cycle}-${line.from}-${i}`} data-kind={line.kind} style={{ flexGrow: widths[i] }} title={`${word} ${f.span(line.from, line.to ?? now)}`}>
            {wide && <b>{word}</b>}
          </span>
        );
      })}
    </div>
  );
}
