import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { followBell } from "@ground/live/useNews";
import { shell } from "@ground/shell/root";

followBell(["/api/v1/bell", "/api/v1/bell/count"]);

const list = createRoute({
  getParentRoute: () => shell,
  path: "/bell",
  component: lazyRouteComponent(() => import("./BellPage"), "BellPage"),
});

export const routes = [list] as const;
