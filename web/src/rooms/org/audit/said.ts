/** A line of the audit chain in words. Programs write codes; people read what they mean. */
import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";

export type Line = Schema<"AuditLine">;

/** Kinds of things, by the beginning of their id. */
const kinds = new Set(["abs", "acq", "att", "brn", "cnd", "con", "dvw", "eng", "fol", "gdr", "imp", "inc", "key", "let", "mer", "ntc", "ofr", "pln", "prt", "ptn", "rcp", "sto", "ten", "tkt", "trm", "usr", "wor"]);

/** Fields that change with every change and say nothing. */
const silent = new Set(["version", "updated_at", "id"]);

export type Change = { field: string; before: unknown; after: unknown };

function parsed(json: string): Record<string, unknown> {
  if (!json) return {};
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : { value };
}

/** Every field that was different before, with both values; what was not there is undefined. */
export function changesOf(line: Pick<Line, "before" | "after">): Change[] {
  const [before, after] = [parsed(line.before), parsed(line.after)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !silent.has(field) && !(before[field] === undefined && after[field] === null) && JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

export function useSaid() {
  const { t } = useWords();
  /** A sentence if there is one by this name. */
  const named = (key: string, otherwise: string) => {
    const words = t(key as Key);
    return words === key ? otherwise : words;
  };
  return {
    action: (code: string) => named(`audit.do.${code}`, code),
    field: (name: string) => named(`audit.field.${name}`, name),
    who: (line: Line) => line.caller_name ?? (line.caller.startsWith("system") ? t("audit.house") : line.caller),
    subject: (id: string) => {
      const [kind = "", rest = ""] = id.split("_");
      return kinds.has(kind) ? t("audit.subject_line", { kind: t(`audit.kind.${kind}` as Key), tail: rest.slice(-6) }) : named(`facts.kind.${id}`, id);
    },
    fields: (line: Line) => {
      const fields = changesOf(line).map((c) => c.field);
      const words = fields.map((field) => named(`audit.field.${field}`, "")).filter(Boolean);
      return words.length > 0 ? words.slice(0, 4).join(t("list.comma")) : fields.length > 0 ? t("audit.field_count", { count: fields.length }) : "";
    },
  };
}
