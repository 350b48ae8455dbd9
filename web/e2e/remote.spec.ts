import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import h5en from "../../data/texts/h5.en.json" with { type: "json" };
import h5zh from "../../data/texts/h5.zh.json" with { type: "json" };
import { fill } from "../src/ground/i18n/fill";
import { asking, enter, freeTerminal, merchantPhone, say, test, type Lang } from "./house";

/** A merchant scans the sticker; the agent walks the guide; the merchant confirms and rates. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`reported by sticker, solved from afar, confirmed and rated (${lang})`, async ({ browser, request }) => {
    const h5 = lang === "zh" ? h5zh : h5en;
    const ask = await asking(request, "agent");
    const terminal = await freeTerminal(ask, lang === "zh" ? 0 : 1);

    // The sticker as it is printed: its square code is a link as well, for whoever reads this on a screen.
    const desk = await enter(browser, "agent", lang);
    await desk.goto(`/api/v1/merchants/${terminal.merchant.id}/stickers`);
    const address = await desk.getByRole("article").filter({ hasText: terminal.serial_no.slice(-4) }).getByRole("link").getAttribute("href");
    expect(address).toContain("/r/");

    const { page: shop } = await merchantPhone(browser, lang);
    await shop.goto(address!);
    await expect(shop.getByRole("heading", { name: h5["report.title"] })).toBeVisible();
    await shop.getByText(h5["choice.network"], { exact: true }).click();
    await shop.getByLabel(h5["field.text"]).fill(lang === "zh" ? "屏幕右上角没有信号" : "There is no signal at the top of the screen");
    await shop.getByLabel(h5["field.phone"]).fill("13800005521");
    await shop.getByLabel(h5["field.name"]).fill(lang === "zh" ? "张老板" : "Zhang");
    await shop.getByRole("button", { name: h5["report.submit"] }).click();
    await expect(shop).toHaveURL(/\/m\//);
    const number = /T-\d{6,}/.exec(await shop.locator("body").innerText())?.[0];
    expect(number).toBeDefined();
    await expect(shop.getByText(h5["event.registered"], { exact: false }).first()).toBeVisible();
    expect((await new AxeBuilder({ page: shop }).analyze()).violations).toEqual([]);

    // At the desk: found by its number, with its facts; taken on, walked through the guide.
    await desk.goto("/tickets");
    await desk.getByTestId("ticket-search").fill(number!);
    await desk.getByTestId("ticket-search").press("Enter");
    await desk.getByRole("link", { name: number! }).first().click();
    await expect(desk.getByRole("heading", { level: 1 })).toContainText(lang === "zh" ? "连不上网络" : "No network");
    await desk.getByTestId("do-claim").first().click();
    await desk.getByTestId("tab-guide").click();
    await desk.getByTestId("guide-start").click();
    const noNetwork = desk.getByTestId("answer-no_network");
    const worked = desk.getByTestId("answer-worked");
    await expect(noNetwork.or(worked)).toBeVisible();
    // The first question is answered by the house itself when the terminal has been silent.
    if (await noNetwork.isVisible()) await noNetwork.click();
    await worked.click();
    // The walk ends in a confirmed fault and solves the case; now it is the merchant's turn.
    await expect(desk.getByText("NET-01").first()).toBeVisible();
    await expect(desk.getByTestId("do-confirm")).toBeVisible();

    // A clock can be explained from here.
    await desk.getByRole("button", { name: say(lang, "clock_kind.resolution") }).first().click();
    await expect(desk.getByText(say(lang, "clock_page.resolution")).first()).toBeVisible();
    await desk.keyboard.press("Escape");

    // The merchant confirms and taps five stars.
    await shop.reload();
    await shop.getByRole("button", { name: h5["confirm.yes"] }).click();
    await expect(shop.getByText(h5["next.closed"])).toBeVisible();
    await shop.getByRole("button", { name: h5["survey.score_5"], exact: false }).last().click();
    await expect(shop.getByText(fill(h5["survey.thanks"], { score: 5 }))).toBeVisible();

    await desk.reload();
    await expect(desk.getByTestId("do-reopen").or(desk.getByTestId("do-more")).first()).toBeVisible();
    expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  });
}
