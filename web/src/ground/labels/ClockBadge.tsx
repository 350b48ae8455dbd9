import type { Clock } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import { useNow } from "@ground/time/useNow";
import { glyphs, isFinal, levelAt, remainingAt } from "./clock";
import css from "./labels.module.css";

type Props = {
  clock: Clock;
  /** Names what it measures, where several clocks stand together. */
  named?: boolean;
  /** Opens the account of this clock. */
  onExplain?: (clock: Clock) => void;
};

/** What a clock says: shape, word and time, on a ground that gets darker with the risk. */
export function ClockBadge({ clock, named = false, onExplain }: Props) {
  const { t, f } = useWords();
  const final = isFinal(clock.remaining_s ?? null) && clock.level !== "paused";
  const now = useNow(final);
  const level = levelAt(clock, now);
  const left = remainingAt(clock, now);

  const time =
    level === "paused"
      ? [t("clock.paused"), ...clock.paused_reasons.map((r) => t(`waiting.${r}` as Key))].join(t("clock.paused_join"))
      : level === "met" || level === "missed" || level === "void"
        ? t(`clock.${level}`)
        : left === null
          ? t("clock.void")
        : left < 0
          ? t("clock.over", { time: f.length(left) })
          : final && left < 300
            ? t("clock.left", { time: t("clock.minutes_seconds", { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(2, "0") }) })
            : t("clock.left", { time: f.length(left) });
  const kind = t(`clock_kind.${clock.kind}`);
  const due = clock.due_at ? t("clock.due", { kind, at: f.full(clock.due_at) }) : kind;

  const content = (
    <>
      <span aria-hidden className={css.glyph}>
        {glyphs[level]}
      </span>
      <span>{time}</span>
      {named && <span className={css.kind}>{kind}</span>}
    </>
  );
  const common = { className: `${css.clock} ${css[level]}`, title: due, "data-level": level, "data-clock": clock.kind };
  if (!onExplain) return <span {...common}>{content}</span>;
  return (
    <button
      type="button"
      {...common}
      aria-label={t("clock.explain_label", { kind, time })}
      onClick={(event) => {
        event.stopPropagation();
        onExplain(clock);
      }}
    >
      {content}
    </button>
  );
}
