import { ThunderboltOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/incidents", word: "rail.incident", name: "incident.title", icon: ThunderboltOutlined, needs: "incident.read", key: "i" };

export type IncidentSearch = { state?: "resolved" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/incidents",
  validateSearch: (search): IncidentSearch => (search.state === "resolved" ? { state: "resolved" } : {}),
  component: lazyRouteComponent(() => import("./IncidentsPage"), "IncidentsPage"),
});

const page = createRoute({
  getParentRoute: () => shell,
  path: "/incidents/$id",
  component: lazyRouteComponent(() => import("./IncidentPage"), "IncidentPage"),
});

export const routes = [list, page] as const;
