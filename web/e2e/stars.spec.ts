import { expect } from "@playwright/test";
import h5en from "../../data/texts/h5.en.json" with { type: "json" };
import h5zh from "../../data/texts/h5.zh.json" with { type: "json" };
import { called, enter, freeTerminal, linkOf, merchantPhone, say, speaking, test, type Lang } from "./house";

/** Two stars: somebody has to make it good until a stated time, coming again is free, and only then is it solved. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`two stars open a recovery task with an owner and a deadline, and the visit is free (${lang})`, async ({ browser, request }) => {
    const h5 = lang === "zh" ? h5zh : h5en;
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const { ask, tell, command } = await speaking(request, "agent");
    const terminal = await freeTerminal(ask, 13);
    const mailbox = `stars-${lang}-${Date.now()}@example.com`;
    const ticket = await called(tell, terminal.serial_no, { symptom: "打印机卡纸", email: mailbox });
    await command(ticket.id, "solve", { fault_code: "PRN-04", outcome: "remote_fixed" });
    await command(ticket.id, "confirm", { by: "phone" });

    const { page: shop } = await merchantPhone(browser, lang);
    await shop.goto(`${await linkOf(mailbox)}?lang=${lang}`);
    await shop.getByRole("button", { name: h5["survey.score_2"] }).click();
    await expect(shop.getByText(h5["survey.thanks_open"])).toBeVisible();

    const desk = await enter(browser, "agent", lang);
    await desk.goto(`/tickets/${ticket.id}`);
    await expect(desk.getByText(t("ticket.reopened", { count: "1" }))).toBeVisible();
    await desk.getByTestId("tab-related").click();
    const { sub_tasks } = await ask<{ sub_tasks: { title: string; assignee_name: string }[] }>(`/api/v1/tickets/${ticket.id}`);
    const task = desk.getByTestId("sub-task");
    await expect(task).toContainText(sub_tasks[0]!.title);
    await expect(task).toContainText(sub_tasks[0]!.assignee_name);
    await expect(task).toContainText(/\d\d:\d\d/);
    await expect(desk.getByTestId("next-step")).toContainText(sub_tasks[0]!.title);
    await expect(desk.getByTestId("do-solve")).toHaveCount(0);

    // Coming again costs the merchant nothing, and the desk can say by which rule.
    await desk.getByTestId("tab-coverage").click();
    await expect(desk.getByRole("heading", { level: 3, name: lang === "zh" ? /再次上门免费/ : /Coming again is free/ })).toBeVisible();

    await desk.getByTestId("tab-related").click();
    await task.getByRole("checkbox").click();
    // What made it good is said, with a word from the list and a sentence.
    const dialog = desk.getByRole("dialog");
    await dialog.getByRole("radio", { name: t("recovered.explained"), exact: true }).check();
    await dialog.getByLabel(t("task.recover_words")).fill(lang === "zh" ? "电话致歉，教会了换纸" : "Apologised by phone and showed how to change the paper");
    await dialog.getByRole("button", { name: t("tasks.done"), exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(task.getByRole("checkbox")).toBeDisabled();
    await expect(desk.getByTestId("do-solve")).toBeVisible();
  });
}
