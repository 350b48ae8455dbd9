import { InboxOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shell } from "@ground/shell/root";
import type { RailItem } from "@ground/shell/rail";

export const entry: RailItem = { to: "/letters", word: "rail.letter", name: "letter.title", icon: InboxOutlined, needs: "letter.read", key: "l" };

export type LetterSearch = { view?: "all"; open?: string };

const list = createRoute({
  getParentRoute: () => shell,
  path: "/letters",
  validateSearch: (search): LetterSearch => ({
    ...(search.view === "all" ? { view: "all" as const } : {}),
    ...(typeof search.open === "string" ? { open: search.open } : {}),
  }),
  component: lazyRouteComponent(() => import("./LettersPage"), "LettersPage"),
});

export const routes = [list] as const;
