import { expect } from "@playwright/test";
import { called, enter, freeTerminal, say, speaking, test, type Lang } from "./house";

/** A word of one's own for a state: drafted, checked, published with a reason, seen where people work and by the merchant. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`a label is drafted, published, seen in the product, and taken back (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const label = { code: `photo_${lang}`, agent: { zh: `等照片${lang}`, en: `Photo due ${lang}` }, customer: { zh: "等你发照片", en: "We wait for your photo" } };
    const { ask, tell } = await speaking(request, "agent");
    const terminal = await freeTerminal(ask, 10);
    const ticket = await called(tell, terminal.serial_no, { symptom: "打印机卡纸" });

    const page = await enter(browser, "admin", lang);
    await page.goto("/admin");
    await page.getByTestId("card-status_labels").click();
    await page.getByTestId("add-row").click();
    const form = page.getByRole("article");
    const field = (name: "agent" | "customer", which: Lang) => form.getByLabel(`${t(`facts.field.${name}`)} · ${t(`lang.${which}`)}`);
    await form.getByTestId("row-code").fill(label.code);
    await form.getByRole("combobox", { name: t("facts.field.state") }).click();
    await page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").getByText(t("ticket_state.triaged"), { exact: true }).click();
    for (const which of ["zh", "en"] as const) {
      await field("agent", which).fill(label.agent[which]);
      await field("customer", which).fill(label.customer[which]);
    }
    await form.getByTestId("row-save").click();
    const draft = page.getByTestId("draft");
    await expect(draft).toContainText(t("facts.draft", { count: "1" }));

    // Nothing is in force yet: the desk does not know the word.
    const desk = await enter(browser, "agent", lang);
    await desk.goto(`/tickets/${ticket.id}`);
    await desk.getByTestId("tab-own").click();
    const choose = async () => {
      await desk.getByTestId("own-label").click();
      return desk.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)").getByText(label.agent[lang]);
    };
    await expect(desk.getByRole("heading", { name: t("facts.own_label") })).toBeVisible();
    if ((await desk.getByTestId("own-label").count()) > 0) {
      await expect(await choose()).toHaveCount(0);
      await desk.keyboard.press("Escape");
    }

    // The last look: what changes, and why.
    await draft.getByTestId("publish").click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(label.code);
    await page.getByTestId("publish-submit").click();
    await expect(dialog).toContainText(t("facts.reason_missing"));
    await dialog.getByTestId("publish-reason").fill(lang === "zh" ? "商户常问在等什么" : "Merchants ask what we wait for");
    await page.getByTestId("publish-submit").click();
    await expect(dialog).toHaveCount(0);
    await expect(draft).toHaveCount(0);

    await desk.reload();
    await desk.getByTestId("tab-own").click();
    await (await choose()).click();
    await expect(desk.getByRole("banner").or(desk.locator("header")).getByText(label.agent[lang]).first()).toBeVisible();

    // Every version is kept; the one before can be taken up again.
    await page.getByTestId("history").click();
    const history = page.getByRole("dialog");
    await expect(history).toContainText(lang === "zh" ? "商户常问在等什么" : "Merchants ask what we wait for");
    await history.getByRole("button", { expanded: false }).first().click();
    await expect(history).toContainText(label.code);
  });
}
