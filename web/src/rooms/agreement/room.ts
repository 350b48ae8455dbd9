import { AuditOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/statements", word: "rail.statement", name: "statement.title", icon: AuditOutlined, needs: "statement.read", key: "s" };

const MONTH = /^\d{4}-\d\d$/;

/** The statements there are, or a month by acquirer and agreement before it is signed. */
export type StatementSearch = { month?: string };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/statements",
  validateSearch: (search): StatementSearch => (typeof search.month === "string" && MONTH.test(search.month) ? { month: search.month } : {}),
  component: lazyRouteComponent(() => import("./StatementsPage"), "StatementsPage"),
});

export const VIEWS = ["all", "late", "left_out", "disputed"] as const;
export type View = (typeof VIEWS)[number];

const page = createRoute({
  getParentRoute: () => shell,
  path: "/statements/$id",
  validateSearch: (search): { version?: number; view?: View } => {
    const view = VIEWS.find((one) => one === search.view && one !== "late");
    const version = Number(search.version);
    return { ...(Number.isInteger(version) && version > 0 && { version }), ...(view && { view }) };
  },
  component: lazyRouteComponent(() => import("./StatementPage"), "StatementPage"),
});

export const routes = [list, page] as const;
