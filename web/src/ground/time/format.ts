/** How times, spans, numbers and money are written. Business happens in China: every time is shown in its zone. */
import type { Lang } from "@ground/i18n/words";
import type { Translate } from "@ground/i18n/Words";

const ZONE = "Asia/Shanghai";
const MINUTE = 60_000;

type Civil = { year: string; month: string; day: string; hour: string; minute: string; weekday: string };

const parts = (lang: Lang) => {
  const format = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    timeZone: ZONE,
    year: "numeric",
    month: lang === "zh" ? "2-digit" : "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    weekday: "short",
    hourCycle: "h23",
  });
  return (at: Date): Civil => Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value])) as Civil;
};

/** Hours and minutes of a span in seconds: `3:12`. Seconds only where asked: `4:07`. */
export const hoursMinutes = (seconds: number) => {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
};

export type Formats = ReturnType<typeof formats>;

export function formats(lang: Lang, t: Translate) {
  const split = parts(lang);
  const number = new Intl.NumberFormat("en-US");
  const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  const clock = (at: Date) => {
    const { hour, minute } = split(at);
    return `${hour}:${minute}`;
  };

  /** Date without time: nothing of what goes without saying. */
  const date = (at: Date, now = new Date()) => {
    const [a, n] = [split(at), split(now)];
    const sameYear = a.year === n.year;
    if (lang === "zh") return sameYear ? `${a.month}-${a.day} ${a.weekday}` : `${a.year}-${a.month}-${a.day} ${a.weekday}`;
    return sameYear ? `${a.weekday} ${Number(a.day)} ${a.month}` : `${a.weekday} ${Number(a.day)} ${a.month} ${a.year}`;
  };

  const sameDay = (a: Date, b: Date) => isoDay(a) === isoDay(b);

  /** `14:00` today, `11-26 周四 14:00` this year, with the year otherwise. */
  const moment = (at: string | Date, now = new Date()) => {
    const when = new Date(at);
    if (sameDay(when, now)) return clock(when);
    return lang === "zh" ? `${date(when, now)} ${clock(when)}` : `${date(when, now)}, ${clock(when)}`;
  };

  /** The whole of it, for hovering. */
  const full = (at: string | Date) => {
    const when = new Date(at);
    const { year, month, day, weekday } = split(when);
    return lang === "zh" ? `${year}-${month}-${day} ${weekday} ${clock(when)}` : `${weekday} ${Number(day)} ${month} ${year}, ${clock(when)}`;
  };

  /** A span: the date once, then both times. */
  const span = (from: string | Date, to: string | Date, now = new Date()) => {
    const [a, b] = [new Date(from), new Date(to)];
    return sameDay(a, b) ? `${moment(a, now)}–${clock(b)}` : `${moment(a, now)} – ${moment(b, now)}`;
  };

  /** `12分钟前` within the hour; the moment itself afterwards. */
  const ago = (at: string | Date, now = new Date()) => {
    const passed = now.getTime() - new Date(at).getTime();
    if (passed < MINUTE && passed > -MINUTE) return t("time.just_now");
    if (passed >= MINUTE && passed < 60 * MINUTE) return t("time.minutes_ago", { count: Math.floor(passed / MINUTE) });
    return moment(at, now);
  };

  /** A length in business seconds: `3:12`; over a day `2天3小时`. */
  const length = (seconds: number) => {
    const hours = Math.floor(Math.abs(seconds) / 3600);
    if (hours < 24) return hoursMinutes(seconds);
    const rest = hours % 24;
    const days = Math.floor(hours / 24);
    return rest === 0 ? t("time.days", { days }) : t("time.days_hours", { days, hours: rest });
  };

  return {
    moment,
    full,
    date: (at: string | Date) => date(new Date(at)),
    clock: (at: string | Date) => clock(new Date(at)),
    span,
    ago,
    length,
    number: (value: number) => number.format(value),
    /** A count that stops behind `most`: `99+`. */
    upTo: (value: number, most: number) => (value > most ? `${number.format(most)}+` : number.format(value)),
    percent: (value: number) => `${percent.format(value)}%`,
    /** Integer fen as yuan. */
    money: (fen: number) => `${fen < 0 ? "−" : ""}¥${money.format(Math.abs(fen) / 100)}`,
  };
}

/** The civil day of an instant in the house's zone: `2026-11-26`. */
export function isoDay(at: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}
