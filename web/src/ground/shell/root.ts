/** The two routes everything hangs from. Rooms add theirs: `createRoute({ getParentRoute: () => shell, … })`. */
import { createRootRoute, createRoute } from "@tanstack/react-router";
import { NotFound, RouteProblem } from "./RouteStates";
import { Shell } from "./Shell";

export const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: RouteProblem });

export const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
