import { CalendarOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/dispatch", word: "rail.dispatch", name: "dispatch.title", icon: CalendarOutlined, needs: "visit.offer", homeOf: ["dispatcher"], key: "d" };

/** The day, and what stands open beside it: an order, or a plan to compare. */
export type BoardSearch = { date?: string; order?: string; plan?: string };

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const board = createRoute({
  getParentRoute: () => shell,
  path: "/dispatch",
  validateSearch: (search): BoardSearch => {
    const [date, order, plan] = [text(search.date), text(search.order), text(search.plan)];
    return { ...(date && /^\d{4}-\d\d-\d\d$/.test(date) && { date }), ...(order && { order }), ...(plan && { plan }) };
  },
  component: lazyRouteComponent(() => import("./BoardPage"), "BoardPage"),
});

export const routes = [board] as const;
