import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { asking, enter, say, test, type Lang } from "./house";

/** What stands on a page that a reader, a keyboard or tired eyes cannot get past. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.slice(0, 3).map((node) => `${v.id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

type Walk = { role: string; lang: Lang; dark?: boolean; phone?: boolean; routes: readonly string[] };

const everything = [
  "/tickets",
  "/tickets?layout=kanban&priority=high",
  "/tickets/new",
  "/tickets/:tickets",
  "/risks",
  "/follow-ups",
  "/follow-ups?state=answered",
  "/dispatch",
  "/merchants",
  "/merchants/:merchants",
  "/terminals",
  "/terminals/:terminals",
  "/letters",
  "/imports",
  "/imports?kind=terminals",
  "/parts",
  "/parts/requests",
  "/parts/returns",
  "/parts/returns?state=over",
  "/statements",
  "/bell",
  "/people",
  "/people/roles",
  "/audit",
  "/account",
  "/nowhere",
] as const;

const walks: readonly Walk[] = [
  { role: "admin", lang: "zh", routes: everything },
  { role: "admin", lang: "en", dark: true, routes: everything },
  { role: "supervisor", lang: "zh", dark: true, phone: true, routes: ["/tickets", "/tickets?layout=kanban", "/tickets/:tickets", "/merchants/:merchants", "/dispatch", "/account"] },
  { role: "engineer", lang: "en", phone: true, routes: ["/field", "/people"] },
];

for (const { role, lang, dark = false, phone = false, routes } of walks) {
  test(`no page has a serious barrier (${role}, ${lang}${dark ? ", dark" : ""}${phone ? ", phone" : ""})`, async ({ browser, request }) => {
    // A walk is a minute on a quiet machine; what it finds counts, not how long a busy one takes.
    test.setTimeout(300_000);
    const ask = await asking(request, "admin");
    const first: Record<string, string> = {};
    for (const list of ["tickets", "merchants", "terminals"]) first[list] = (await ask<{ items: { id: string }[] }>(`/api/v1/${list}?limit=1`)).items[0]!.id;
    const page = await enter(browser, role, lang, phone);
    if (dark) await page.evaluate(() => localStorage.setItem("postsale.theme", '"dark"'));
    const found: Record<string, string[]> = {};
    for (const route of routes) {
      await page.goto(route.replace(/:(\w+)/, (_, list: string) => first[list] ?? ""));
      await expect(page.locator("main h1, main [data-nothing], main h2").first()).toBeVisible();
      await expect(page.getByRole("status", { name: say(lang, "state.loading") })).toHaveCount(0);
      const said = await barriers(page);
      if (said.length > 0) found[route] = said;
    }
    expect(found).toEqual({});
  });
}
