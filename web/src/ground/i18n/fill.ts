/** What stands in the holes of a sentence. */
export type Holes = Record<string, string | number>;

/** English has two forms for a count, and they agree with the number as it is shown: `1,204` is the number 1204. */
const english = new Intl.PluralRules("en");

/**
 * Fills the holes of a sentence: `{count}`. Words that follow a number stand in both forms, singular first: `{count} {count:row|rows}`.
 * A hole nobody fills stays visible.
 */
export function fill(sentence: string, holes: Holes = {}): string {
  return sentence.replace(/\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    if (!(name in holes)) return whole;
    const value = String(holes[name]);
    if (one === undefined || other === undefined) return value;
    return english.select(Number(value.replaceAll(",", ""))) === "one" ? one : other;
  });
}
