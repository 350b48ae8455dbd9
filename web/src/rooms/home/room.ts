import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shell } from "@ground/shell/root";

export const home = createRoute({ getParentRoute: () => shell, path: "/", component: lazyRouteComponent(() => import("./HomePage"), "HomePage") });
