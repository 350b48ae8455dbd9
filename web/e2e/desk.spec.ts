import { expect, type Page } from "@playwright/test";
import { enter, say, test, type Lang } from "./house";

/** Chooses words of a filter and closes what was opened. */
async function narrow(page: Page, field: string, word: string) {
  await page.keyboard.press("f");
  await page.locator(`#filter-${field}`).click();
  await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").getByText(word, { exact: true }).click();
  await page.getByTestId("filter-open").click();
  await expect(page.locator(`#filter-${field}`)).toHaveCount(0);
}

const rows = (page: Page) => page.locator("[data-row]");

for (const lang of ["zh", "en"] as Lang[]) {
  test(`a list is narrowed, kept under a name, found again, and forgotten (${lang})`, async ({ browser }) => {
    const page = await enter(browser, "agent", lang);
    await page.goto("/tickets");
    await expect(rows(page).first()).toBeVisible();
    await narrow(page, "priority", say(lang, "priority.high"));
    await expect(page).toHaveURL(/priority=high/);
    await page.getByTestId("sort").click();
    await page.getByRole("menuitem", { name: say(lang, "sort.oldest") }).click();
    await expect(page).toHaveURL(/sort=oldest/);
    const asked = page.url();
    await page.reload();
    await expect(rows(page).first()).toBeVisible();
    expect(page.url()).toBe(asked);

    const name = `${lang} ${say(lang, "priority.high")}`;
    await page.getByTestId("view-save").click();
    await page.getByRole("textbox", { name: say(lang, "view.name") }).fill(name);
    await page.getByTestId("view-submit").click();
    const view = page.getByTestId("saved-view").filter({ hasText: name });
    await expect(view).toHaveAttribute("aria-current", "page");
    await expect(view).toContainText(/\d/);

    await page.getByTestId("view-open").click();
    await expect(page).not.toHaveURL(/priority/);
    await view.click();
    await expect(page).toHaveURL(/priority=high/);
    await page.getByTestId("view-actions").first().click();
    await page.getByRole("menuitem", { name: say(lang, "view.remove"), exact: true }).click();
    await page.getByRole("button", { name: say(lang, "view.remove"), exact: true }).click();
    await expect(view).toHaveCount(0);
  });
}

test("many tickets are changed in one call; what is refused says why", async ({ browser }) => {
  const page = await enter(browser, "supervisor", "zh");
  await page.goto("/tickets?state=remote,visit&sort=newest");
  await expect(rows(page).first()).toBeVisible();
  // Picked by keys alone: the first, then the range to the fifth.
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  for (let n = 0; n < 4; n++) await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  await expect(page.locator("[data-row][aria-selected=true]")).toHaveCount(5);
  await page.getByTestId("bulk-all").click();
  await page.getByTestId("bulk-note").click();
  await page.getByRole("dialog").getByRole("textbox").fill("值班长看过");
  await page.getByTestId("bulk-submit").click();
  await expect(page.getByText(/^\d+张已改$/)).toBeVisible();
  await expect(page.locator("[data-row][aria-selected=true]")).toHaveCount(0);

  // Nobody declares a case solved while somebody is on the way: every such row is refused by its own rule.
  await page.goto("/tickets?state=visit&sort=newest");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(say("zh", "do.solve"), { exact: true }).click();
  await dialog.getByRole("combobox", { name: say("zh", "command.fault") }).fill("PRN-01");
  await page.keyboard.press("Enter");
  await dialog.getByText(say("zh", "outcome.advised"), { exact: true }).click();
  await page.getByTestId("bulk-submit").click();
  await expect(page.getByTestId("bulk-result").getByRole("link").first()).toHaveText(/T-\d{6}/);
});

test("on the board a drop is a command, and one that cannot be says why; keys do the same", async ({ browser }) => {
  const page = await enter(browser, "supervisor", "zh");
  await page.goto("/tickets?layout=kanban");
  const triaged = page.getByTestId("column-triaged").getByTestId("board-card");
  await expect(triaged.first()).toBeVisible();
  const number = (await triaged.first().getAttribute("aria-label"))!.split(" ")[0]!;
  await triaged.first().dragTo(page.getByTestId("column-closed"));
  await expect(page.getByText(say("zh", "board.stays", { number, why: say("zh", "board.no_closed") }))).toBeVisible();
  await expect(triaged.first()).toHaveAttribute("aria-label", new RegExp(number));
  await triaged.first().dragTo(page.getByTestId("column-visit"));
  await expect(page.getByRole("dialog")).toContainText(say("zh", "command.visit"));
  await page.getByRole("button", { name: say("zh", "action.cancel") }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await triaged.first().focus();
  await page.keyboard.press("m");
  await page.getByRole("menuitem", { name: say("zh", "board.move_to", { state: say("zh", "ticket_state.solved") }) }).click();
  await expect(page.getByRole("dialog")).toContainText(say("zh", "command.solve"));
});

test("everything by keys: walk, peek, open, back, palette, the list of keys, and keys of one's own", async ({ browser }) => {
  const page = await enter(browser, "agent", "zh");
  await page.goto("/tickets");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const second = (await page.locator("[data-at]").getAttribute("data-row"))!;
  await page.keyboard.press("Space");
  await expect(page.getByRole("heading", { name: say("zh", "queue.peek") })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(second));
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  // The next one is left before its answer comes.
  const answers = /\/api\/v1\/tickets\/tkt_[^/]+$/;
  await page.route(answers, () => {});
  await page.keyboard.press("]");
  await expect(page).not.toHaveURL(new RegExp(second));
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/tickets(\?|$)/);
  await page.unroute(answers);

  await page.keyboard.press("Control+k");
  await page.getByTestId("palette").fill("终端");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/terminals/);
  await expect(page.getByTestId("palette")).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await expect(page).toHaveURL(/\/tickets/);

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText(say("zh", "keys.pick_range"));
  await expect(page.getByRole("dialog")).not.toContainText(say("zh", "keys.quarter"));
  await page.keyboard.press("Escape");

  // J moves to H; the old key does nothing any more.
  await page.goto("/account");
  await page.getByRole("button", { name: say("zh", "keys.change_of", { does: say("zh", "keys.next_row"), key: "J" }) }).click();
  await page.keyboard.press("x");
  await expect(page.getByText(say("zh", "keys.taken", { key: "X", does: say("zh", "keys.pick") }))).toBeVisible();
  await page.keyboard.press("h");
  await page.goto("/tickets");
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.locator("[data-at]")).toHaveCount(0);
  await page.keyboard.press("h");
  await expect(page.locator("[data-at]")).toHaveCount(1);
});
