import { CustomerServiceOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";
import { queueSearch } from "./search";

export const entry: RailItem = { to: "/tickets", word: "rail.ticket", name: "ticket.title", icon: CustomerServiceOutlined, needs: "ticket.read", key: "q", also: ["/tasks"] };

const queue = createRoute({
  getParentRoute: () => shell,
  path: "/tickets",
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import("./queue/QueuePage"), "QueuePage"),
});

const fresh = createRoute({
  getParentRoute: () => shell,
  path: "/tickets/new",
  validateSearch: (search): { serial?: string } => (typeof search.serial === "string" ? { serial: search.serial } : {}),
  component: lazyRouteComponent(() => import("./fresh/NewTicketPage"), "NewTicketPage"),
});

const page = createRoute({
  getParentRoute: () => shell,
  path: "/tickets/$id",
  validateSearch: queueSearch,
  component: lazyRouteComponent(() => import("./page/TicketPage"), "TicketPage"),
});

const tasks = createRoute({
  getParentRoute: () => shell,
  path: "/tasks",
  component: lazyRouteComponent(() => import("./tasks/TasksPage"), "TasksPage"),
});

export const routes = [queue, fresh, page, tasks] as const;
