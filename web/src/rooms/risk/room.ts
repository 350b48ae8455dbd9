import { AlertOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";
import { asTile, type Tile } from "./tiles";

export const entry: RailItem = { to: "/risks", word: "rail.risk", name: "risk.title", icon: AlertOutlined, needs: "ticket.assign", roles: ["supervisor", "admin"], homeOf: ["supervisor"], key: "r" };

const wall = createRoute({
  getParentRoute: () => shell,
  path: "/risks",
  validateSearch: (search): { tile?: Tile } => {
    const tile = asTile(search.tile);
    return tile ? { tile } : {};
  },
  component: lazyRouteComponent(() => import("./RiskPage"), "RiskPage"),
});

export const routes = [wall] as const;
