import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";

/** Names for the codes of skills and parts. */
export function useNamed() {
  const { pick, t } = useWords();
  const skills = $api.useQuery("get", "/api/v1/facts/skills", {}, { staleTime: Infinity });
  const parts = $api.useQuery("get", "/api/v1/facts/parts", {}, { staleTime: Infinity });
  const names = (items: { code: string; name: { zh: string; en: string } }[] | undefined, codes: readonly string[]) =>
    codes.map((code) => pick(items?.find((item) => item.code === code)?.name) || code).join(t("list.comma"));
  return {
    skills: (codes: readonly string[]) => names(skills.data?.items, codes),
    parts: (codes: readonly string[]) => names(parts.data?.items, codes),
  };
}
