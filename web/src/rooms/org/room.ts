import { AuditOutlined, TeamOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { Schema } from "@api";
import { fromAddress } from "@ground/list/address";
import type { RailItem } from "@ground/shell/rail";
import { root, shell } from "@ground/shell/root";
import { roles } from "./people/data";

export const peopleEntry: RailItem = { to: "/people", word: "rail.people", name: "people.title", icon: TeamOutlined, needs: "user.manage", key: "p", open: ["/people/roles"] };
export const auditEntry: RailItem = { to: "/audit", word: "rail.audit", name: "audit.title", icon: AuditOutlined, needs: "audit.read", key: "u" };

/** Whose changes, and the line that stands open. */
export type AuditSearch = { subject?: string; open?: number };

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: (search): AuditSearch => {
    const subject = fromAddress(search.subject);
    return { ...(subject && { subject }), ...(typeof search.open === "number" && { open: search.open }) };
  },
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditPage"),
});

export const userStates = ["active", "invited", "disabled"] as const satisfies readonly Schema<"UserState">[];

/** Which people, and who stands open. */
export type PeopleSearch = { state?: Schema<"UserState">; role?: Schema<"Role">; q?: string; open?: string };

const people = createRoute({
  getParentRoute: () => shell,
  path: "/people",
  validateSearch: (search): PeopleSearch => {
    const [state, role] = [userStates.find((s) => s === search.state), roles.find((r) => r === search.role)];
    const [q, open] = [fromAddress(search.q), fromAddress(search.open)];
    return { ...(state && state !== "active" && { state }), ...(role && { role }), ...(q && { q }), ...(open && { open }) };
  },
  component: lazyRouteComponent(() => import("./people/PeoplePage"), "PeoplePage"),
});

const matrix = createRoute({ getParentRoute: () => shell, path: "/people/roles", component: lazyRouteComponent(() => import("./people/RolesPage"), "RolesPage") });

const branches = createRoute({ getParentRoute: () => shell, path: "/people/branches", component: lazyRouteComponent(() => import("./place/BranchesPage"), "BranchesPage") });
const partners = createRoute({ getParentRoute: () => shell, path: "/people/partners", component: lazyRouteComponent(() => import("./place/PartnersPage"), "PartnersPage") });
const keys = createRoute({ getParentRoute: () => shell, path: "/people/keys", component: lazyRouteComponent(() => import("./key/KeysPage"), "KeysPage") });
const signIn = createRoute({ getParentRoute: () => shell, path: "/people/sign-in", component: lazyRouteComponent(() => import("./rule/SignInPage"), "SignInPage") });

const company = createRoute({ getParentRoute: () => shell, path: "/people/company-account", component: lazyRouteComponent(() => import("./rule/CompanyAccountPage"), "CompanyAccountPage") });

const account = createRoute({ getParentRoute: () => shell, path: "/account", component: lazyRouteComponent(() => import("./account/AccountPage"), "AccountPage") });

const LinkPage = lazyRouteComponent(() => import("./account/LinkPage"), "LinkPage");
const join = createRoute({ getParentRoute: () => root, path: "/join", component: LinkPage });
const reset = createRoute({ getParentRoute: () => root, path: "/reset", component: LinkPage });

const back = createRoute({ getParentRoute: () => root, path: "/sign-in/back", component: lazyRouteComponent(() => import("@ground/session/BackPage"), "BackPage") });

export const routes = [audit, people, matrix, branches, partners, keys, signIn, company, account] as const;
/** Pages one reaches without a session. */
export const open = [join, reset, back] as const;
