import { useMemo } from "react";
import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";
import { initials } from "@ground/palette/match";

/** The macros there are, found by their name or by its initials. */
export function useMacros() {
  const { t } = useWords();
  const macros = $api.useQuery("get", "/api/v1/recipes", { params: { query: { limit: 200 } } });
  const edges = t("palette.pinyin_edges");
  const options = useMemo(() => (macros.data?.items ?? []).map((m) => ({ value: m.id, label: m.name, search: `${m.name} ${initials(m.name, edges)}` })), [macros.data, edges]);
  return { macros, options };
}
