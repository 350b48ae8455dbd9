import { expect } from "@playwright/test";
import h5en from "../../data/texts/h5.en.json" with { type: "json" };
import h5zh from "../../data/texts/h5.zh.json" with { type: "json" };
import { tap, visiting } from "./field";
import { asking, carries, deliver, enter, freeTerminal, merchantPhone, readable, say, sent, test, usernameOf, type Lang } from "./house";

const words = {
  zh: { subject: "终端反复重启", body: "机器反复重启，开机几分钟又自己重启，收不了款。", from: "李店长" },
  en: { subject: "Terminal keeps restarting", body: "It restarts again and again, we cannot take payments.", from: "Manager Li" },
};

/** A mail becomes a ticket, a visit, a swapped part, an acceptance; two stars bring it back. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`reported by mail, solved on site, accepted, two stars, re-opened (${lang})`, async ({ browser, request }) => {
    test.setTimeout(240_000);
    const h5 = lang === "zh" ? h5zh : h5en;
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const ask = await asking(request, "agent");
    const terminal = await freeTerminal(ask, lang === "zh" ? 2 : 3);
    const { subject, body, from } = words[lang];
    const mailbox = `shop-${lang}-${Date.now()}@example.com`;

    // The mail server leaves a mail; the merchant gets an answer with a link to their page.
    deliver(
      `report-${lang}-${Date.now()}`,
      `From: =?utf-8?B?${Buffer.from(from).toString("base64")}?= <${mailbox}>\nTo: service@desk.example\nSubject: =?utf-8?B?${Buffer.from(subject).toString("base64")}?=\n` +
        `Date: ${new Date().toUTCString()}\nMessage-ID: <${mailbox}>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n` +
        Buffer.from(`${body}\nSN ${terminal.serial_no}\n`).toString("base64"),
    );
    const answer = () => sent().find((mail) => mail.includes(`<${mailbox}>`) || mail.includes(`To: ${mailbox}`));
    await expect.poll(answer, { timeout: 60_000 }).toBeDefined();
    const found = await ask<{ items: { id: string; number: string; terminal_serial: string | null; subject: string }[] }>(`/api/v1/tickets/search?q=${terminal.serial_no}`);
    const ticket = found.items.find((row) => row.terminal_serial === terminal.serial_no && row.subject.includes(subject.slice(0, 6)));
    expect(ticket).toBeDefined();

    // The desk judges and sends somebody.
    const desk = await enter(browser, "agent", lang);
    await desk.goto(`/tickets/${ticket!.id}`);
    await expect(desk.getByRole("heading", { level: 1 })).toBeVisible();
    await desk.getByTestId("do-claim").first().click();
    await expect(desk.getByTestId("do-claim")).toHaveCount(0);
    await desk.getByTestId("do-visit").first().click();
    const dialog = desk.getByRole("dialog");
    await dialog.getByText(t("visit_reason.needs_parts"), { exact: true }).click();
    await dialog.getByLabel(t("command.visit_tried")).fill(lang === "zh" ? "换电源、恢复出厂后仍然重启" : "Still restarts on another adapter");
    await dialog.getByLabel(t("command.access")).fill(lang === "zh" ? "找李店长" : "Ask for Li");
    await dialog.getByTestId("command-submit").click();
    await expect(dialog).toBeHidden();
    const orders = await ask<{ work_orders: { id: string; number: string }[] }>(`/api/v1/tickets/${ticket!.id}`);
    const order = orders.work_orders[0]!;

    // The dispatcher asks whoever fits best.
    const dispatch = await enter(browser, "dispatcher", lang);
    await dispatch.goto(`/dispatch?order=${order.id}`);
    await expect(dispatch.getByText(order.number)).toBeVisible();
    await dispatch.getByRole("radio").first().check();
    const offer = dispatch.getByTestId("offer-send");
    await offer.click();
    await expect(offer).toBeHidden();

    // The merchant would rather have another hour, and says so on their page; whoever can be there then is asked.
    const { page: shop } = await merchantPhone(browser, lang);
    const link = /https?:\/\/\S+\/m\/[0-9a-z]+/i.exec(readable(answer()!))?.[0];
    expect(link).toBeDefined();
    await shop.goto(`${link}?lang=${lang}`);
    await shop.getByRole("link", { name: h5["times.choose"], exact: true }).click();
    await expect(shop.getByRole("heading", { level: 1, name: h5["times.title"] })).toBeVisible();
    await shop.locator("label.pick").last().click();
    await shop.getByRole("button", { name: h5["times.take"] }).click();
    await expect(shop.getByRole("link", { name: h5["times.change"], exact: true })).toBeVisible();
    await desk.reload();
    await expect(desk.getByText(lang === "zh" ? "商户选定上门时间" : "The merchant chose the time of the visit", { exact: false }).first()).toBeVisible();
    const { order: { engineer } } = await ask<{ order: { engineer: { id: string } } }>(`/api/v1/work-orders/${order.id}`);

    // The engineer, on the phone: every tap is a time stamp.
    const field = await enter(browser, await usernameOf(request, engineer.id), lang, true);
    const board = `MB${Date.now()}`;
    await carries(request, engineer.id, "main_board", terminal.model, board);
    const { stage, open, choose, sheet, arrive, work, fill, finish } = visiting(field, lang);
    await arrive(order.id);
    await work("done");
    await open("parts");
    await tap(stage("parts").getByRole("button", { name: t("field.part_used", { part: lang === "zh" ? "主板" : "Main board" }) }));
    await fill(t("field.old_serial"), "MB20240017");
    await fill(t("field.new_serial"), board);
    await tap(sheet.getByRole("button", { name: t("field.part_save") }));
    await expect(sheet).toBeHidden();
    await expect(stage("parts").getByText(board)).toBeVisible();
    await open("restore");
    await choose(stage("restore").getByRole("radio", { name: t("field.restore_yes") }));

    await finish(shop, link!);
    await expect(field.getByText(t("field.outcome.fixed")).first()).toBeVisible();

    // Two stars bring the case back to the desk.
    await shop.reload();
    await shop.getByRole("button", { name: h5["survey.score_2"] }).click();
    await expect(shop.getByText(h5["survey.thanks_open"])).toBeVisible();
    await expect(shop.getByText(h5["event.reopened"], { exact: false }).first()).toBeVisible();
    await desk.reload();
    await expect(desk.getByText(t("ticket.reopened", { count: "1" }))).toBeVisible();
    // Somebody makes it good first; only then can it be called solved.
    await expect(desk.getByTestId("next-step")).toContainText(/2 ?(星|stars)/);
  });
}
