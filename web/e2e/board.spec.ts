import { expect, type Locator, type Page } from "@playwright/test";
import { called, enter, freeTerminal, say, speaking, test, type Lang } from "./house";

type Both = { zh: string; en: string };
type Verdict = { allowed: boolean; needs_reason: boolean; off_shift: boolean; breaks_promise: boolean; against: Both[] };
type Board = { engineers: { engineer: { id: string; name: string }; shift: { from: string; to: string } | null }[] };

const symptom = { zh: "屏幕碎了，要上门换", en: "The screen is broken, somebody has to come" };

/** Days from now in the house's zone, from tomorrow on: nothing of them is past, whenever the journey runs. */
const days = Array.from({ length: 14 }, (_, n) => new Date(Date.now() + (24 * (n + 1) + 8) * 3_600_000).toISOString().slice(0, 10));
const HOUR = 13;
const at = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + (HOUR - 8) * 3_600_000).toISOString();

/** Takes a row up and holds it over somebody's line, at the hour. */
async function hold(page: Page, row: Locator, line: Locator) {
  await line.scrollIntoViewIfNeeded();
  const from = (await row.boundingBox())!;
  const to = (await line.boundingBox())!;
  const mark = (await page.getByLabel(say("zh", "dispatch.time_line")).or(page.getByLabel(say("en", "dispatch.time_line"))).getByText(String(HOUR), { exact: true }).boundingBox())!;
  const [x, y] = [mark.x + 2, to.y + to.height / 2];
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(x, y, { steps: 4 });
  // The last steps lie in one quarter of an hour: it is theirs that counts.
  await page.mouse.move(x + 4, y, { steps: 4 });
}

for (const lang of ["zh", "en"] as Lang[]) {
  test(`an order is dragged: a line says what it would mean, a rule sends it back, a drop becomes a question (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const agent = await speaking(request, "agent");
    const terminal = await freeTerminal(agent.ask, 15);
    const ticket = await called(agent.tell, terminal.serial_no, { symptom: symptom[lang] });
    await agent.command(ticket.id, "work-orders", { fault_code: "SCR-01", reason_code: "needs_parts", reason: symptom[lang], skills: ["security"] });
    const { work_orders } = await agent.ask<{ work_orders: { id: string; number: string }[] }>(`/api/v1/tickets/${ticket.id}`);
    const order = work_orders[0]!;

    // Who may go and who may not is the rules' word, not the page's.
    const { ask } = await speaking(request, "dispatcher");
    const judged = async (day: string) => {
      const { engineers } = await ask<Board>(`/api/v1/dispatch/board?date=${day}`);
      const working = engineers.filter((e) => e.shift && engineers.filter((o) => o.engineer.name === e.engineer.name).length === 1).map((e) => e.engineer);
      const found: { engineer: { id: string; name: string }; said: Verdict }[] = [];
      for (const engineer of working) {
        const said = await ask<Verdict>(`/api/v1/work-orders/${order.id}/verdict?engineer_id=${engineer.id}&from=${at(day)}`);
        // Outside a shift only a supervisor sends somebody.
        if (!said.off_shift) found.push({ engineer, said });
      }
      return { day, cannot: found.find((one) => !one.said.allowed), can: found.find((one) => one.said.allowed) };
    };
    // On a holiday few work: the first day with somebody of both sorts.
    let chosen: Awaited<ReturnType<typeof judged>> | undefined;
    for (const day of days) {
      chosen = await judged(day);
      if (chosen.cannot && chosen.can) break;
    }
    const { day, cannot, can } = chosen!;
    if (!cannot || !can) throw new Error("the demo has somebody who can go and somebody who cannot within two weeks");

    const page = await enter(browser, "dispatcher", lang);
    await page.goto(`/dispatch?date=${day}`);
    const row = page.locator(`[data-row="${order.id}"]`);
    await expect(row).toBeVisible();
    const lineOf = (name: string) => page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) }).getByTestId("engineer-line");
    const shown = page.getByTestId("verdict");

    // A rule is against it: said under the pointer, and again when it goes back.
    const why = cannot.said.against.map((line) => line[lang]).join(" ");
    await hold(page, row, lineOf(cannot.engineer.name));
    await expect(shown).toHaveAttribute("data-means", "no");
    await expect(shown).toContainText(`${HOUR}:00`);
    await expect(shown).toContainText(why);
    await page.mouse.up();
    await expect(page.getByText(t("dispatch.goes_back", { number: order.number, why }))).toBeVisible();
    await expect(row).toBeVisible();
    await expect(page).not.toHaveURL(/order=/);

    // Nobody has it: the key tells who could, and what each would cost.
    await row.click();
    await expect(page.getByTestId("why")).toBeVisible();
    await page.keyboard.press("w");
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(t("dispatch.why_nobody", { number: order.number }));
    await expect(dialog.getByText(t("dispatch.why_prices"))).toBeVisible();
    await expect(dialog).toContainText(cannot.engineer.name);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await row.click();
    await expect(page.getByTestId("why")).toHaveCount(0);

    // Nothing forbids it here: the panel opens with whom and when, and sends the question.
    await hold(page, row, lineOf(can.engineer.name));
    await expect(shown).toHaveAttribute("data-means", can.said.needs_reason || can.said.breaks_promise ? "ask" : "yes");
    await page.mouse.up();
    await expect(page).toHaveURL(new RegExp(`order=${order.id}`));
    await expect(page.getByRole("heading", { name: t("dispatch.dropped_on", { name: can.engineer.name }) })).toBeInViewport();
    const offer = page.getByTestId("offer-send");
    await expect(offer).toHaveText(t("dispatch.offer_to", { name: can.engineer.name }));
    if (can.said.needs_reason) {
      await expect(offer).toBeDisabled();
      await page.getByLabel(t("dispatch.reason"), { exact: true }).fill(symptom[lang]);
    }
    await offer.click();
    await expect(row).toHaveCount(0);
    await expect(lineOf(can.engineer.name).getByText(order.number.slice(-3))).toBeVisible();

    // Somebody has it now: the same key says why them.
    await page.keyboard.press("w");
    await expect(dialog).toContainText(t("dispatch.why_them", { name: can.engineer.name }));
    await expect(dialog.getByTestId("why-taken").getByRole("listitem").first()).toBeVisible();
  });
}
