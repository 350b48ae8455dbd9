import { expect } from "@playwright/test";
import { asking, enter, freeTerminal, say, test, type Lang } from "./house";

/** Nothing is broken: somebody wants paper. What it takes and until when is said before it is ordered, and it ends without a fault. */
for (const [at, lang] of [[16, "zh"], [17, "en"]] as [number, Lang][]) {
  test(`paper is ordered on the phone and delivered (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const paper = lang === "zh" ? "送打印纸" : "Paper rolls";
    const terminal = await freeTerminal(await asking(request, "agent"), at);
    const page = await enter(browser, "agent", lang);
    await page.goto("/tickets/new");
    await page.getByTestId("fresh-symptom").fill(lang === "zh" ? "小票纸快用完了，要十卷" : "Nearly out of paper, ten rolls please");
    await page.getByTestId("fresh-serial").fill(terminal.serial_no);
    await page.getByTestId("fresh-name").fill("王店长");
    await page.getByTestId("fresh-phone").fill("13800138000");
    await page.getByTestId("ticket-type").click();
    await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").getByText(paper, { exact: true }).click();
    await expect(page.getByText(t("order.remote", { minutes: "10" }))).toBeVisible();
    await page.getByTestId("fresh-submit").click();
    await expect(page).toHaveURL(/\/tickets\/tkt_/);
    await expect(page.getByTestId("next-step")).toContainText(t("next.ordered", { what: paper }));
    await page.keyboard.press("s");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("radio", { name: t("outcome.fulfilled") })).toBeChecked();
    await page.keyboard.press("Control+Enter");
    await expect(dialog).toHaveCount(0);
    await expect(page.getByTestId("do-confirm")).toBeVisible();
    await expect(page.getByRole("log")).toContainText(lang === "zh" ? "标记解决：已办好" : "marked it solved: done as ordered");
  });
}
