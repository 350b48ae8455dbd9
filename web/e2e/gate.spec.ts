import { expect } from "@playwright/test";
import { called, enter, freeTerminal, say, speaking, test, usernameOf, type Lang } from "./house";

const words = {
  zh: { symptom: "打印机不出纸，一直提示缺纸", tried: "换过纸卷、擦过传感器，仍提示缺纸", access: "14:00 后去，后门按铃", over: "商户说清了纸屑，又能打了", skill: "打印机", part: "缺纸传感器" },
  en: { symptom: "The printer says out of paper all the time", tried: "Another roll, sensor wiped: still out of paper", access: "After 14:00, ring at the back door", over: "The shop cleared scraps of paper, it prints again", skill: "Printer", part: "Paper sensor" },
};

/** It needs a visit: the guide ends on site, the gate keeps why, the work order knows skill, part and the door before anybody goes. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`a guide ends on site and the gate asks what the visit needs (${lang})`, async ({ browser, request }) => {
    const said = words[lang];
    const { ask, tell } = await speaking(request, "agent");
    const terminal = await freeTerminal(ask, 11);
    const ticket = await called(tell, terminal.serial_no, { symptom: said.symptom });

    const desk = await enter(browser, "agent", lang);
    await desk.goto(`/tickets/${ticket.id}`);
    await desk.getByTestId("tab-guide").click();
    await desk.getByTestId("guide-start").click();
    for (const answer of ["no_paper", "not_yet", "not_yet"]) {
      const question = await desk.getByRole("heading", { level: 2 }).first().innerText();
      await desk.getByTestId(`answer-${answer}`).click();
      await expect(desk.getByRole("heading", { level: 2, name: question, exact: true })).toHaveCount(0);
    }

    // What the guide found is filled in; without a reason nobody is sent.
    await desk.getByTestId("guide-follow").click();
    const dialog = desk.getByRole("dialog");
    await expect(dialog.getByText(/^PRN-/).first()).toBeVisible();
    await expect(dialog.locator(".ant-select-selection-item, .ant-select-content-item").getByText(said.skill).first()).toBeVisible();
    await desk.getByTestId("command-submit").click();
    await expect(dialog).toContainText(say(lang, "command.reason_missing"));
    await dialog.getByText(say(lang, "visit_reason.remote_exhausted"), { exact: true }).click();
    await dialog.getByLabel(say(lang, "command.visit_tried")).fill(said.tried);
    await dialog.getByLabel(say(lang, "command.access")).fill(said.access);
    await desk.getByTestId("command-submit").click();
    await expect(dialog).toBeHidden();

    await desk.getByTestId("tab-visit").click();
    const facts = desk.getByTestId("visit-facts");
    for (const text of [say(lang, "visit_reason.remote_exhausted"), said.tried, said.skill, said.part, said.access, say(lang, "next.nobody")]) await expect(facts).toContainText(text);
    // Its part is kept in the warehouse before anybody is chosen.
    await expect(desk.getByText(/GEN-SENSOR-PE/).first()).toBeVisible();
    const { work_orders } = await ask<{ work_orders: { id: string }[] }>(`/api/v1/tickets/${ticket.id}`);

    // The dispatcher reads the same before choosing anybody.
    const board = await enter(browser, "dispatcher", lang);
    await board.goto(`/dispatch?order=${work_orders[0]!.id}`);
    for (const text of [said.tried, said.part, "GEN-SENSOR-PE", said.access]) await expect(board.getByText(text).first()).toBeVisible();
    await board.getByRole("radio").first().check();
    await board.getByTestId("offer-send").click();
    await expect(board.getByTestId("offer-send")).toBeHidden();
    const { order } = await ask<{ order: { engineer: { id: string } } }>(`/api/v1/work-orders/${work_orders[0]!.id}`);
    const field = await enter(browser, await usernameOf(request, order.engineer.id), lang, true);
    await field.goto(`/field/orders/${work_orders[0]!.id}`);
    await expect(field.getByRole("button", { name: say(lang, "field.accept") })).toBeVisible();

    // It works again before anybody has left: nobody needs to go.
    await facts.getByTestId("call-off").click();
    await dialog.getByLabel(say(lang, "command.reason")).fill(said.over);
    await desk.getByTestId("command-submit").click();
    await expect(dialog).toBeHidden();
    await expect(facts).toContainText(say(lang, "order_state.cancelled"));
    await expect(facts.getByTestId("call-off")).toHaveCount(0);

    // Whoever was to go is told wherever they are on the phone, and why behind the link they had, until they have read it.
    await field.goto("/field");
    const gone = field.getByTestId("gone");
    await expect(gone).toContainText(say(lang, "field.gone_called_off"));
    await gone.getByRole("button", { name: say(lang, "field.gone_look") }).click();
    await expect(field).toHaveURL(new RegExp(work_orders[0]!.id));
    await expect(field.getByText(said.over).first()).toBeVisible();
    await expect(gone).toHaveCount(0);
    await field.getByRole("link", { name: say(lang, "field.back_today") }).click();
    await expect(field.getByRole("region", { name: say(lang, "field.called_off") })).toBeVisible();
  });
}
