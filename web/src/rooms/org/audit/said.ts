/** A line of the audit chain in words. Programs write codes; people read what they mean. */
import type { Both, Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import type { Key } from "@ground/i18n/words";

export type Line = Schema<"AuditLine">;

/** Kinds of things, by the beginning of their id. */
const kinds = new Set(["abs", "acq", "att", "bnd", "brd", "brn", "cnd", "con", "dsp", "dvw", "eng", "exc", "fol", "gdr", "imp", "inc", "key", "let", "lnk", "mer", "mst", "ntc", "ofr", "pln", "pno", "prt", "quo", "rcp", "ses", "stk", "stm", "sto", "ten", "tkt", "trm", "usr", "wor"]);

const ID = /^[a-z]{3}_[0-9a-f]{32}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Whose words a code is told in, by its field. */
const families: Record<string, readonly string[]> = {
  backup: ["field.backup"],
  channel: ["channel"],
  decision: ["decision"],
  impact: ["impact"],
  kind: ["order_kind", "link_kind", "stock.kind", "import.kind", "partner.kind"],
  outcome: ["outcome", "field.outcome"],
  priority: ["priority"],
  reason_code: ["visit_reason"],
  role: ["role"],
  share: ["canned.share", "share"],
  tier: ["tier"],
  urgency: ["urgency"],
  waiting: ["waiting"],
};

/** A state is told in the words of the thing it belongs to. */
const states: Record<string, string> = { imp: "import.state", inc: "incident.state", let: "letter.state", ofr: "order_state", pln: "dispatch.plan_state", tkt: "ticket_state", wor: "order_state" };

/** Fields that change with every change and say nothing. */
const silent = new Set(["version", "updated_at", "id"]);

type Spanned = { from: string | null; to: string | null };

const has = (value: unknown, ...keys: string[]) => typeof value === "object" && value !== null && keys.every((key) => key in value);
const isBoth = (value: unknown): value is Both => has(value, "zh", "en");
const isCoded = (value: unknown): value is { code: string } => has(value, "code") && typeof (value as { code: unknown }).code === "string";
const isSpan = (value: unknown): value is Spanned => has(value, "from", "to") && Object.keys(value as object).length === 2;

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

type Names = { skills: (codes: string[]) => string; parts: (codes: string[]) => string };

export const useSaid = () => saying(useWords());

export function saying({ t, f, pick }: Pick<ReturnType<typeof useWords>, "t" | "f" | "pick">) {
  /** A sentence if there is one by this name. */
  const named = (key: string, otherwise: string) => {
    const words = t(key as Key);
    return words === key ? otherwise : words;
  };
  const fieldName = (name: string) => named(`audit.field.${name}`, name);
  const subject = (id: string) => {
    const [kind = "", rest = ""] = id.split("_");
    return kinds.has(kind) ? t("audit.subject_line", { kind: t(`audit.kind.${kind}` as Key), tail: rest.slice(-6) }) : named(`facts.kind.${id}`, id);
  };
  const text = (field: string, of: string, value: string) => {
    if (INSTANT.test(value)) return f.full(value);
    if (ID.test(value)) return subject(value);
    const told = field === "state" ? [states[of.slice(0, 3)] ?? ""] : (families[field] ?? []);
    for (const family of told) {
      const words = named(`${family}.${value}`, "");
      if (words) return words;
    }
    return field === "state" ? named(`audit.state.${value}`, value) : value;
  };
  /** What a field held, in words; undefined where only its form can be shown. */
  const value = (field: string, of: string, held: unknown, names: Names): string | undefined => {
    if (held === undefined || held === null || held === "") return "—";
    if (typeof held === "boolean") return t(held ? "facts.yes" : "facts.no");
    if (typeof held === "number") return field.endsWith("_fen") ? f.money(held) : field === "number" ? String(held) : f.number(held);
    if (typeof held === "string") return text(field, of, held);
    if (Array.isArray(held)) {
      if (held.length === 0) return "—";
      const codes = held.map((one: unknown) => (typeof one === "string" ? one : isCoded(one) ? one.code : undefined));
      if (!codes.every((code) => code !== undefined)) {
        const told = held.map((one: unknown) => (isBoth(one) ? pick(one) : undefined));
        return told.every((one) => one !== undefined) ? told.join(t("list.comma")) : undefined;
      }
      if (field === "skills") return names.skills(codes);
      if (field === "parts") return names.parts(codes);
      return codes.map((code) => text(field, of, code)).join(t("list.comma"));
    }
    if (isBoth(held)) return pick(held);
    if (isSpan(held)) return held.from && held.to ? f.span(held.from, held.to) : held.from ? t("audit.span_open", { from: f.full(held.from) }) : "—";
    const told = Object.entries(held).flatMap(([part, one]) => (silent.has(part) || one === null ? [] : [[fieldName(part), value(part, of, one, names)] as const]));
    return told.every(([, words]) => words !== undefined) ? told.map((pair) => pair.join(" ")).join(t("list.comma")) : undefined;
  };
  return {
    value,
    action: (code: string) => named(`audit.do.${code}`, code),
    field: fieldName,
    who: (line: Line) => line.caller_name ?? (line.caller.startsWith("system") ? t("audit.house") : line.caller),
    /** What a line is about: by the number or the name people know it by, else by the end of its id. */
    about: (line: Pick<Line, "subject" | "subject_name">) => {
      const kind = line.subject.split("_")[0] ?? "";
      return line.subject_name && kinds.has(kind) ? `${t(`audit.kind.${kind}` as Key)} ${line.subject_name}` : subject(line.subject);
    },
    subject,
    fields: (line: Line) => {
      const fields = changesOf(line).map((c) => c.field);
      const words = fields.map((field) => named(`audit.field.${field}`, "")).filter(Boolean);
      return words.length > 0 ? words.slice(0, 4).join(t("list.comma")) : fields.length > 0 ? t("audit.field_count", { count: fields.length }) : "";
    },
  };
}
