/** Opening hours of a day as people type them: `09:00-12:00, 13:30-21:00`; nothing for a day of rest. */
export type Spans = [string, string][];

const TIME = /^(\d{1,2}):(\d{2})$/;

const time = (text: string): string | null => {
  const found = TIME.exec(text.trim().replaceAll("\uff1a", ":"));
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return minute < 60 && (hour < 24 || (hour === 24 && minute === 0)) ? `${String(hour).padStart(2, "0")}:${found[2]}` : null;
};

/** What was typed, as the server takes it; null when it cannot be meant. */
export function readSpans(text: string): Spans | null {
  const spans: Spans = [];
  for (const part of text.split(/[,;\uff0c\uff1b\u3001]/).filter((one) => one.trim())) {
    const ends = part.split(/[-~\u2013\u2014\uff5e\u81f3]/).map(time);
    const [from, to] = ends;
    if (ends.length !== 2 || !from || !to || from === to) return null;
    spans.push([from, to]);
  }
  return spans;
}

export const writeSpans = (spans: readonly (readonly string[])[]) => spans.map(([from, to]) => `${from}-${to}`).join(", ");
