import { expect } from "@playwright/test";
import { called, enter, freeTerminal, say, speaking, test, type Lang } from "./house";

const words = {
  zh: { symptom: "小票打印很淡，还能用", ask: "请拍一张小票的照片发来。", why: "另一台也坏了，收不了款" },
  en: { symptom: "Slips are faint, it still works", ask: "Please send a picture of the slip.", why: "The other one broke too, no payments" },
};

/** Raised while we wait for the merchant a second time: the target changes, waiting stays free, and every line says why. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`a priority is raised in the second pause and the clock explains it (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const said = words[lang];
    const { ask, tell } = await speaking(request, "agent");
    const terminal = await freeTerminal(ask, 12);
    const ticket = await called(tell, terminal.serial_no, { symptom: said.symptom, impact: "can_take_payment", urgency: "can_wait" });

    const page = await enter(browser, "agent", lang);
    await page.goto(`/tickets/${ticket.id}`);
    await page.getByTestId("composer-reply").fill(said.ask);
    await page.getByTestId("composer-send-more").click();
    await page.getByRole("menuitem", { name: t("composer.send_wait") }).click();
    const dialog = page.getByRole("dialog");
    const submit = page.getByTestId("command-submit");
    await page.getByTestId("do-resume").first().click();
    await submit.click();
    await expect(dialog).toBeHidden();
    await page.getByTestId("do-pause").or(page.getByTestId("do-more")).first().click();
    const waits = dialog.getByText(t("waiting_long.waiting_merchant"), { exact: true });
    const item = page.getByRole("menuitem", { name: t("do.pause") });
    await expect(waits.or(item).first()).toBeVisible();
    if (await item.isVisible()) await item.click();
    await waits.click();
    await submit.click();
    await expect(dialog).toBeHidden();

    // In the second pause.
    await expect(page.getByTestId("next-step")).toContainText(t("waiting.waiting_merchant"));
    await page.keyboard.press("p");
    await dialog.getByText(t("impact.cannot_take_payment"), { exact: true }).click();
    await dialog.getByText(t("urgency.now"), { exact: true }).click();
    await dialog.getByLabel(t("command.reason")).fill(said.why);
    await submit.click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText(t("priority.urgent")).first()).toBeVisible();

    await page.getByRole("button", { name: t("clock_page.resolution") }).first().click();
    await expect(page.getByText(t("clock_page.changes"))).toBeVisible();
    // From which target to which, and that waiting is not charged.
    await expect(page.getByText(lang === "zh" ? /→ ?紧急：目标.+改为.+暂停不计/ : /→ urgent: target .+ becomes .+ pauses are not charged/)).toBeVisible();
    const lines = page.getByRole("table").getByRole("row");
    await expect(lines.filter({ hasText: lang === "zh" ? "等商户" : "waiting for the merchant" }).or(lines.locator("[data-kind=closed]")).first()).toBeVisible();
    await expect(page.getByText(t("clock_page.equal", { at: "" }).trim().slice(0, 4)).first()).toBeVisible();
  });
}
