import { AuditOutlined } from "@ant-design/icons";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { RailItem } from "@ground/shell/rail";
import { shell } from "@ground/shell/root";

const text = (value: unknown) => (typeof value === "string" && value.trim() ? value : undefined);

export const auditEntry: RailItem = { to: "/audit", word: "rail.audit", name: "audit.title", icon: AuditOutlined, needs: "audit.read", key: "u" };

/** Whose changes, and the line that stands open. */
export type AuditSearch = { subject?: string; open?: number };

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: (search): AuditSearch => {
    const subject = text(search.subject);
    return { ...(subject && { subject }), ...(typeof search.open === "number" && { open: search.open }) };
  },
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditPage"),
});

export const routes = [audit] as const;
