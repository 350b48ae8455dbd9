import { $api } from "@ground/api/query";
import { useWords } from "@ground/i18n/Words";

/** The parts a visit may use; they change with a release, not with the day. */
export const usePartList = () => $api.useQuery("get", "/api/v1/facts/parts", {}, { staleTime: Infinity });

/** Names of parts by their code. */
export function usePartNames(): (code: string) => string {
  const { pick } = useWords();
  const parts = usePartList().data?.items;
  return (code) => pick(parts?.find((p) => p.code === code)?.name) || code;
}
