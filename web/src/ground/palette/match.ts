/** Finding a command by what people type: Chinese, English, or the first letters of the pinyin. */

const letters = "abcdefghjklmnopqrstwxyz";
const collator = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

/**
 * First letters of the pinyin: what a reader would type. `edges` holds, for each letter, the first character its syllables sort at;
 * the collation every browser carries does the rest.
 */
export function initials(text: string, edges: string): string {
  const marks = [...edges];
  return [...text]
    .map((character) => {
      if (!/\p{Script=Han}/u.test(character)) return /\w/.test(character) ? character.toLowerCase() : "";
      const after = marks.findIndex((mark) => collator.compare(character, mark) < 0);
      return letters[(after < 0 ? marks.length : after) - 1] ?? "";
    })
    .join("");
}

/** How well a typed word fits: 0 not at all, higher is better. */
export function fit(typed: string, names: readonly string[]): number {
  const word = typed.trim().toLowerCase();
  if (!word) return 1;
  let best = 0;
  for (const name of names) {
    const at = name.toLowerCase().indexOf(word);
    if (at === 0) best = Math.max(best, 3);
    else if (at > 0) best = Math.max(best, 2);
  }
  return best;
}
