import { CreditCardOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { fromAddress } from "@ground/list/address";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

export const entry: RailItem = { to: "/terminals", word: "rail.terminal", name: "terminal.title", icon: CreditCardOutlined, needs: "registry.read", key: "t" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/terminals",
  validateSearch: (search): { q?: string } => {
    const q = fromAddress(search.q);
    return q ? { q } : {};
  },
  component: lazyRouteComponent(() => import("./TerminalsPage"), "TerminalsPage"),
});

const page = createRoute({
  getParentRoute: () => shell,
  path: "/terminals/$id",
  // The day coverage is asked for; today without it.
  validateSearch: (search): { on?: string } => (typeof search.on === "string" && /^\d{4}-\d\d-\d\d$/.test(search.on) ? { on: search.on } : {}),
  component: lazyRouteComponent(() => import("./TerminalPage"), "TerminalPage"),
});

export const routes = [list, page] as const;
