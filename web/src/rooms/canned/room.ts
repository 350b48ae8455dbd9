import { SnippetsOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/canned", word: "rail.canned", name: "canned.title", icon: SnippetsOutlined, needs: "canned.use", key: "w" };

export type CannedSearch = { view?: "macros" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/canned",
  validateSearch: (search): CannedSearch => (search.view === "macros" ? { view: "macros" } : {}),
  component: lazyRouteComponent(() => import("./CannedPage"), "CannedPage"),
});

export const routes = [list] as const;
