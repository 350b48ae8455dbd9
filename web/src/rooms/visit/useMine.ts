import { $api, LOOK_EVERY } from "@ground/api/query";
import { isoDay } from "@ground/time/format";

const DAY = 24 * 60 * 60_000;

/** One's own work orders from some days back, where something may have been left, to a week ahead. */
export function useMine(now: Date) {
  const [date, until] = [isoDay(new Date(now.getTime() - 3 * DAY)), isoDay(new Date(now.getTime() + 7 * DAY))];
  return $api.useQuery("get", "/api/v1/work-orders", { params: { query: { view: "mine", date, until, limit: 200 } } }, { refetchInterval: LOOK_EVERY });
}
