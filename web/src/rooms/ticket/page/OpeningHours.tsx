import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";

type Spans = readonly (readonly string[])[];

/** Days with the same hours as one line: `周一至周五 09:00–21:00`. */
export function sameDays(hours: Readonly<Record<string, Spans>>): { from: number; to: number; spans: string }[] {
  const days: { from: number; to: number; spans: string }[] = [];
  for (let day = 1; day <= 7; day += 1) {
    const spans = (hours[String(day)] ?? []).map(([from, to]) => `${from}–${to}`).join(" ");
    const last = days.at(-1);
    if (last && last.spans === spans) last.to = day;
    else days.push({ from: day, to: day, spans });
  }
  return days;
}

export function OpeningHours({ hours }: { hours: Schema<"Hours"> }) {
  const { t } = useWords();
  const day = (n: number) => t(`weekday.${n}` as Key);
  return (
    <>
      {sameDays(hours).map(({ from, to, spans }) => (
        <div key={from}>
          {from === 1 && to === 7 ? t("weekday.all") : from === to ? day(from) : t("weekday.range", { from: day(from), to: day(to) })} {spans || t("fact.shut")}
        </div>
      ))}
    </>
  );
}
