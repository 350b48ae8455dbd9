import { ImportOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";
import { asKind, type Kind } from "./kinds";

export const entry: RailItem = { to: "/imports", word: "rail.import", name: "import.title", icon: ImportOutlined, needs: "import.run", key: "x" };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/imports",
  /** With a kind the dialog for a new file stands open. */
  validateSearch: (search): { kind?: Kind } => {
    const kind = asKind(search.kind);
    return kind ? { kind } : {};
  },
  component: lazyRouteComponent(() => import("./ImportsPage"), "ImportsPage"),
});

const page = createRoute({ getParentRoute: () => shell, path: "/imports/$id", component: lazyRouteComponent(() => import("./ImportPage"), "ImportPage") });

export const routes = [list, page] as const;
