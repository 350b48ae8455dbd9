import { SettingOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { fromAddress } from "@ground/list/address";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";
import { kinds, type Kind } from "./data";

export const entry: RailItem = { to: "/admin", word: "rail.admin", name: "admin.title", icon: SettingOutlined, needs: "fact.sets", key: "a" };

const index = createRoute({ getParentRoute: () => shell, path: "/admin", component: lazyRouteComponent(() => import("./AdminPage"), "AdminPage") });

/** Which row stands open, what is looked for. */
export type SetSearch = { open?: string; q?: string };

const set = createRoute({
  getParentRoute: () => shell,
  path: "/admin/facts/$kind",
  params: {
    parse: ({ kind }) => ({ kind: (kinds.find((k) => k === kind) ?? "status_labels") satisfies Kind }),
    stringify: ({ kind }) => ({ kind }),
  },
  validateSearch: (search): SetSearch => {
    const [open, q] = [fromAddress(search.open), fromAddress(search.q)];
    return { ...(open && { open }), ...(q && { q }) };
  },
  component: lazyRouteComponent(() => import("./SetPage"), "SetPage"),
});

export const routes = [index, set] as const;
