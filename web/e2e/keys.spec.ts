import { expect } from "@playwright/test";
import { asking, enter, freeTerminal, say, test } from "./house";

test("a call is taken, guided and solved, and a list kept, by keys alone", async ({ browser, request }) => {
  const terminal = await freeTerminal(await asking(request, "agent"), 14);
  const page = await enter(browser, "agent", "zh");
  const keys = page.keyboard;
  await page.goto("/tickets");
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await keys.press("c");
  await expect(page.getByTestId("fresh-symptom")).toBeFocused();
  await keys.type("没有网络，什么都刷不了");
  await keys.press("Tab");
  // The first character of the label is scratched off; the rest finds it.
  await keys.type(terminal.serial_no.slice(1));
  await expect(page.getByTitle(terminal.serial_no).or(page.locator(".ant-select-item-option", { hasText: terminal.serial_no })).first()).toBeVisible();
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await expect(page.getByTestId("fresh-serial")).toHaveValue(terminal.serial_no);
  // Somebody looks at the queue in the middle of the call: what was typed is still there.
  await page.getByRole("heading", { level: 1 }).click();
  await keys.press("g");
  await keys.press("q");
  await expect(page).toHaveURL(/\/tickets(\?|$)/);
  await keys.press("c");
  await expect(page.getByTestId("form-back")).toBeVisible();
  await expect(page.getByTestId("fresh-serial")).toHaveValue(terminal.serial_no);
  await page.getByTestId("fresh-name").focus();
  await keys.type("李师傅");
  await keys.press("Tab");
  await keys.type("13900139000");
  await keys.press("Control+Enter");
  await expect(page).toHaveURL(/\/tickets\/tkt_/);
  await expect(page.getByTestId("do-guide")).toBeVisible();

  await keys.press("Control+k");
  await page.getByTestId("palette").fill("zxd");
  await keys.press("Enter");
  await expect(page.getByTestId("guide-start")).toBeFocused();
  await keys.press("Enter");
  await expect(page.locator("[data-testid^=answer-]").first()).toBeVisible();
  for (const _ of ["completely", "restarted"]) {
    const question = await page.locator("[data-testid^=answer-]").first().getAttribute("data-testid");
    await keys.press("1");
    await expect(page.getByTestId(question!)).toHaveCount(0);
  }
  await expect(page.getByTestId("do-confirm")).toBeVisible();
  // A key that can do nothing now says so.
  await keys.press("s");
  await expect(page.getByText(say("zh", "keys.not_now", { does: say("zh", "do.solve") }))).toBeVisible();

  await page.goto("/tickets");
  await expect(page.locator("[data-row]").first()).toBeVisible();
  await keys.press("f");
  await expect(page.locator("#filter-state")).toBeFocused();
  await keys.press("Tab");
  await keys.press("Enter");
  await expect(page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")).toBeVisible();
  await keys.press("ArrowDown");
  await keys.press("Enter");
  await expect(page).toHaveURL(/priority=/);
  // The first Escape closes the list of choices, the second the filters.
  await keys.press("Escape");
  await expect(page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")).toHaveCount(0);
  await keys.press("Escape");
  await expect(page.getByTestId("filter-open")).toBeFocused();
  await keys.press("Control+k");
  await page.getByTestId("palette").fill(say("zh", "view.save"));
  await keys.press("Enter");
  await expect(page.getByRole("textbox", { name: say("zh", "view.name") })).toBeFocused();
  await keys.type("只用键盘");
  await keys.press("Control+Enter");
  await expect(page.getByTestId("saved-view").filter({ hasText: "只用键盘" })).toHaveAttribute("aria-current", "page");
});

test("a dialog that was closed by a key too many has what was typed when it opens again", async ({ browser, request }) => {
  const ask = await asking(request, "supervisor");
  const { items } = await ask<{ items: { id: string }[] }>("/api/v1/tickets?state=triaged&sort=newest&limit=1");
  const page = await enter(browser, "supervisor", "en");
  await page.goto(`/tickets/${items[0]!.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("p");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("called again, the queue is long");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("p");
  await expect(dialog.getByTestId("form-back")).toBeVisible();
  await expect(dialog.getByRole("textbox")).toHaveValue("called again, the queue is long");
  await dialog.getByRole("button", { name: say("en", "form.anew") }).click();
  await expect(dialog.getByRole("textbox")).toHaveValue("");
});

test("an address with a number in it finds what has that number", async ({ browser, request }) => {
  const terminal = await freeTerminal(await asking(request, "agent"), 18);
  const page = await enter(browser, "agent", "en", true);
  // Digits from the middle of a serial number, as somebody would send them to a colleague.
  const piece = terminal.serial_no.slice(-6, -1);
  for (const list of ["terminals", "merchants"]) {
    await page.goto(`/${list}?q=${piece}`);
    await expect(page.locator("[data-row]").filter({ hasText: list === "terminals" ? terminal.serial_no : terminal.merchant.name }).first()).toBeVisible();
  }
});
