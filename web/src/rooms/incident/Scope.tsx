import type { Schema } from "@api";
import { useWords } from "@ground/i18n/Words";

/** What an incident is about, in a line: the parts that are named. */
export function Scope({ row }: { row: Schema<"IncidentRow"> }) {
  const { t, pick } = useWords();
  const parts = [row.acquirer_name, row.district, row.model, row.fault_name && `${row.fault_code} ${pick(row.fault_name)}`].filter(Boolean);
  return <>{parts.join(t("list.comma"))}</>;
}
