/** The account as plain text, for a mail or a chat. */
import type { Schema } from "@api";
import type { useWords } from "@ground/i18n/Words";

export function asText(it: Schema<"ClockExplain">, { t, f, pick }: Pick<ReturnType<typeof useWords>, "t" | "f" | "pick">): string {
  const lines = it.lines.map((line) =>
    [f.full(line.from), line.to ? f.full(line.to) : t("clock_page.now"), t(`clock_page.kind_${line.kind}`), pick(line.basis), f.length(line.counted_s), f.length(line.total_s)].join("\t"),
  );
  const head = ["from", "to", "kind", "basis", "counted", "total"].map((column) => t(`clock_page.${column as "from"}`)).join("\t");
  return [pick(it.headline), `${pick(it.agreement_name)} · ${pick(it.calendar)}`, "", head, ...lines].join("\n");
}
