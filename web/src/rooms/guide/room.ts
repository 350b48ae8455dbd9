import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shell } from "@ground/shell/root";

const text = (value: unknown) => (typeof value === "string" && value.trim() ? value : undefined);

const library = createRoute({ getParentRoute: () => shell, path: "/admin/guides", component: lazyRouteComponent(() => import("./library/LibraryPage"), "LibraryPage") });

/** The step or ending one stands on. */
export type EditorSearch = { node?: string };

const editor = createRoute({
  getParentRoute: () => shell,
  path: "/admin/guides/$id",
  validateSearch: (search): EditorSearch => {
    const node = text(search.node);
    return node ? { node } : {};
  },
  component: lazyRouteComponent(() => import("./library/EditorPage"), "EditorPage"),
});

export const routes = [library, editor] as const;
