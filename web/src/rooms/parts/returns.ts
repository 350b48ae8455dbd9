import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";
import { usePartNames } from "@rooms/visit/usePartNames";

type Row = Schema<"PartReturnRow">;
export type Step = Schema<"ReturnStep">;

/** Days an engineer has to bring something back, as the server counts them. */
export const DAYS_TO_BRING = 7;

/** What can be done next: the first is what usually is. The server decides; this only leaves out what it would refuse. */
export function nextSteps({ state, finding }: Pick<Row, "state" | "finding">): readonly Step[] {
  switch (state) {
    case "carried":
      return ["receive", "write_off"];
    case "at_vendor":
      return ["take_back", "credit"];
    case "here":
      if (!finding) return ["find"];
      return finding === "good" ? ["stock", "find"] : finding === "repairable" ? ["repair", "send", "scrap", "find"] : ["send", "scrap", "find"];
    default:
      return [];
  }
}

/** What a returned part is, and where it stands, in words. */
export function useReturnWords() {
  const { t } = useWords();
  const kind = usePartNames();
  const finding = (found: Row["finding"]) => (found ? t(`return.finding.${found}`) : t("return.untested"));
  const what = (row: Row) => [row.whole_unit ? t("return.unit") : kind(row.kind), row.model].filter(Boolean).join(" ");
  const where = ({ state, finding: found }: Row) => {
    if (state === "here") return finding(found);
    return state === "carried" || state === "at_vendor" ? t(`return.state.${state}`) : t(`return.end.${state}`);
  };
  return { what, where, finding };
}
