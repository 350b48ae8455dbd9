/** A value of a row as people read it. */
import type { Both } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";
import type { FactField } from "./data";

/** Words other rooms already have for what a field can be. */
const families: Record<string, string> = { state: "ticket_state", pauses: "waiting", impact: "impact" };

type Choice = FactField["choices"][number];

/** The word of a choice: the server's name where there is one, else the console's. */
export function useChoice(): (field: string, choice: Choice) => string {
  const { t, pick } = useWords();
  return (field, { code, name }) => {
    if (name) return pick(name);
    const family = families[field];
    return t((family ? `${family}.${code}` : `facts.choice.${field}.${code}`) as Key);
  };
}

export function useShown(): (field: FactField, value: unknown) => string {
  const { t, f, pick } = useWords();
  const word = useChoice();
  const chosen = (field: FactField, code: unknown) => {
    const choice = field.choices.find((c) => c.code === code);
    return choice ? word(field.name, choice) : String(code);
  };
  return (field, value) => {
    if (value === undefined || value === null || value === "") return "—";
    switch (field.shape) {
      case "both":
      case "text":
        return pick(value as Both);
      case "money":
        return f.money(value as number);
      case "number":
        return f.number(value as number);
      case "flag":
        return t(value ? "facts.yes" : "facts.no");
      case "choice":
        return chosen(field, value);
      case "choices":
        return (value as string[]).map((code) => chosen(field, code)).join(t("list.comma")) || "—";
      case "options":
        return (value as (Both & { code: string })[]).map((option) => pick(option)).join(t("list.comma")) || "—";
      case "spans":
        return (value as (Both & { from: string; to: string })[]).map((span) => `${pick(span)} ${span.from.slice(5)}–${span.to.slice(5)}`).join(t("list.comma")) || "—";
      case "dates":
        return (value as string[]).map((day) => day.slice(5)).join(t("list.comma")) || "—";
      default:
        return String(value);
    }
  };
}
