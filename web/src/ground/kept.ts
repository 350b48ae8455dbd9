/** A small value the browser keeps for this person: language, theme, drafts. Works on when the store is full or forbidden. */
export function kept<T>(name: string, otherwise: T, is: (value: unknown) => value is T) {
  const key = `postsale.${name}`;
  return {
    read(): T {
      try {
        const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
        return is(value) ? value : otherwise;
      } catch {
        return otherwise;
      }
    },
    write(value: T) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // A private window without a store: the value lives as long as the page.
      }
    },
    forget() {
      try {
        localStorage.removeItem(key);
      } catch {
        // Nothing was kept either.
      }
    },
  };
}

export const isString = (value: unknown): value is string => typeof value === "string";
