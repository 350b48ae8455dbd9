import { ToolOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { followBell } from "@ground/live/useNews";
import { root } from "@ground/shell/root";
import type { RailItem } from "@ground/shell/rail";

// A bell may say that a visit is gone.
followBell(["/api/v1/work-orders", "/api/v1/work-orders/{id}"]);

/** What an engineer carries: a frame of its own, made for a phone in one hand. */
export const entry: RailItem = { to: "/field", word: "rail.field", name: "field.title", icon: ToolOutlined, needs: "visit.work", homeOf: ["engineer"] };

export const frame = createRoute({ getParentRoute: () => root, id: "field", component: lazyRouteComponent(() => import("./FieldFrame"), "FieldFrame") });

const today = createRoute({ getParentRoute: () => frame, path: "/field", component: lazyRouteComponent(() => import("./TodayPage"), "TodayPage") });

const visit = createRoute({ getParentRoute: () => frame, path: "/field/orders/$id", component: lazyRouteComponent(() => import("./VisitPage"), "VisitPage") });

export const routes = [today, visit] as const;
