import { PhoneOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/follow-ups", word: "rail.follow_up", name: "follow_up.title", icon: PhoneOutlined, needs: "follow_up.read", roles: ["admin", "agent", "supervisor", "quality"], key: "f" };

export const LISTS = ["due", "coming", "answered"] as const;
export type List = (typeof LISTS)[number];

const list = createRoute({
  getParentRoute: () => shell,
  path: "/follow-ups",
  validateSearch: (search): { state?: List } => {
    const state = LISTS.find((one) => one === search.state && one !== "due");
    return state ? { state } : {};
  },
  component: lazyRouteComponent(() => import("./FollowUpsPage"), "FollowUpsPage"),
});

export const routes = [list] as const;
