import { ToolOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { fromAddress } from "@ground/list/address";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/parts", word: "rail.parts", name: "part.title", icon: ToolOutlined, needs: "part.read", roles: ["admin", "storekeeper", "supervisor", "finance", "dispatcher"], homeOf: ["storekeeper"], key: "b" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/parts",
  validateSearch: (search): { q?: string; low?: true; open?: string } => {
    const q = fromAddress(search.q);
    return { ...(q && { q }), ...(search.low === true && { low: true }), ...(typeof search.open === "string" && { open: search.open }) };
  },
  component: lazyRouteComponent(() => import("./PartsPage"), "PartsPage"),
});

const requests = createRoute({
  getParentRoute: () => shell,
  path: "/parts/requests",
  validateSearch: (search): { state?: "over" } => (search.state === "over" ? { state: "over" } : {}),
  component: lazyRouteComponent(() => import("./RequestsPage"), "RequestsPage"),
});

const returns = createRoute({
  getParentRoute: () => shell,
  path: "/parts/returns",
  validateSearch: (search): { state?: "here" | "at_vendor" | "over"; open?: string } => ({
    ...((search.state === "here" || search.state === "at_vendor" || search.state === "over") && { state: search.state }),
    ...(typeof search.open === "string" && { open: search.open }),
  }),
  component: lazyRouteComponent(() => import("./ReturnsPage"), "ReturnsPage"),
});

export const routes = [list, requests, returns] as const;
