/** The rooms of the desk in the order of the rail. A new room is two lines here: its routes and its rail entry. */
import { createRouter } from "@tanstack/react-router";
import { setRail } from "@ground/shell/rail";
import { setTopTools } from "@ground/shell/topTools";
import { root, shell } from "@ground/shell/root";
import { BellButton } from "@rooms/bell/BellButton";
import * as agreement from "@rooms/agreement/room";
import * as bell from "@rooms/bell/room";
import * as canned from "@rooms/canned/room";
import * as dispatch from "@rooms/dispatch/room";
import * as facts from "@rooms/facts/room";
import * as followup from "@rooms/followup/room";
import * as guide from "@rooms/guide/room";
import { home } from "@rooms/home/room";
import * as importing from "@rooms/import/room";
import * as incident from "@rooms/incident/room";
import * as letter from "@rooms/letter/room";
import * as merchant from "@rooms/merchant/room";
import * as org from "@rooms/org/room";
import * as parts from "@rooms/parts/room";
import * as risk from "@rooms/risk/room";
import * as terminal from "@rooms/terminal/room";
import * as ticket from "@rooms/ticket/room";
import * as visit from "@rooms/visit/room";

setRail([visit.entry, ticket.entry, incident.entry, risk.entry, followup.entry, dispatch.entry, merchant.entry, terminal.entry, parts.entry, agreement.entry, letter.entry, canned.entry, importing.entry, org.peopleEntry, org.auditEntry, facts.entry]);
setTopTools([BellButton]);

const desk = shell.addChildren([
  home,
  ...ticket.routes,
  ...incident.routes,
  ...risk.routes,
  ...followup.routes,
  ...dispatch.routes,
  ...merchant.routes,
  ...terminal.routes,
  ...parts.routes,
  ...agreement.routes,
  ...letter.routes,
  ...importing.routes,
  ...canned.routes,
  ...bell.routes,
  ...org.routes,
  ...facts.routes,
  ...guide.routes,
]);
const tree = root.addChildren([desk, ...org.open, visit.frame.addChildren([...visit.routes])]);

export const router = createRouter({ routeTree: tree, defaultPreload: "intent", scrollRestoration: true, defaultPendingMs: 200 });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
