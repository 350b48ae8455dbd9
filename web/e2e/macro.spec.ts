import { expect } from "@playwright/test";
import { called, enter, freeTerminal, say, speaking, test, type Lang } from "./house";

const words = {
  zh: { symptom: "扫码扫不出，客人在排队", note: "班长统一说明：请先换一台收款", task: "给商户回电，确认换过的码牌", other: "查收银系统日志" },
  en: { symptom: "Codes are not read, a queue is waiting", note: "For all of them: take payments on another one first", task: "Call back about the new code plate", other: "Read the till's log" },
};

for (const lang of ["zh", "en"] as Lang[]) {
  test(`a macro runs on many tickets, all of its steps or none, and says which it left (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const said = words[lang];
    const { ask, tell, command } = await speaking(request, "agent");
    const one = await called(tell, (await freeTerminal(ask, 16)).serial_no, { symptom: said.symptom });
    const two = await called(tell, (await freeTerminal(ask, 16)).serial_no, { symptom: said.symptom });
    // Nobody declares a case solved while somebody is to come: there the second step is refused.
    await command(two.id, "work-orders", { fault_code: "SCN-01", reason_code: "needs_parts", reason: said.symptom });
    const name = `${said.note.slice(0, 8)} ${lang}`;
    const supervisor = await speaking(request, "supervisor");
    await supervisor.tell("/api/v1/recipes", { name, steps: [{ do: "note", body: said.note }, { do: "solve", fault_code: "SCN-01", outcome: "advised" }] });

    const page = await enter(browser, "supervisor", lang);
    await page.goto("/tickets?sort=newest");
    for (const { id } of [one, two]) await page.locator(`[data-row="${id}"]`).getByRole("checkbox").check();
    await page.getByTestId("bulk-recipe").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox").fill(name);
    await page.keyboard.press("Enter");
    // What it does is read before it is done.
    const steps = dialog.getByRole("listitem");
    await expect(steps).toHaveCount(2);
    await expect(steps.first()).toContainText(said.note);
    await page.getByTestId("bulk-submit").click();
    await expect(dialog.filter({ hasText: t("queue.bulk_result", { done: "1", left: "1" }) })).toBeVisible();
    await expect(page.getByTestId("bulk-result").getByRole("link")).toHaveText([two.number]);

    await page.goto(`/tickets/${one.id}`);
    await expect(page.getByText(said.note).first()).toBeVisible();
    await page.goto(`/tickets/${two.id}`);
    await expect(page.getByText(said.symptom).first()).toBeVisible();
    await expect(page.getByText(said.note)).toHaveCount(0);
  });

  test(`my sub-tasks stand together, what is due first on top, and are done from there (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const said = words[lang];
    const { ask, tell } = await speaking(request, "agent");
    const me = await ask<{ id: string }>("/api/v1/sessions/current");
    const colleague = await (await speaking(request, "supervisor")).ask<{ id: string }>("/api/v1/sessions/current");
    const ticket = await called(tell, (await freeTerminal(ask, 17)).serial_no, { symptom: said.symptom });
    const task = (title: string, assignee: string, hours: number) => tell(`/api/v1/tickets/${ticket.id}/tasks`, { title, assignee, due_at: new Date(Date.now() + hours * 3_600_000).toISOString() });
    await task(`${said.other} 2`, me.id, 2);
    await task(said.task, me.id, 1);
    await task(`${said.other} 3`, colleague.id, 1);

    const page = await enter(browser, "agent", lang);
    await page.goto("/tickets");
    await page.getByTestId("view-tasks").click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(t("tasks.title"));
    const mine = page.locator("[data-row]").filter({ hasText: ticket.number });
    await expect(mine).toHaveCount(2);
    await expect(mine.first()).toContainText(said.task);
    await expect(mine.last()).toContainText(`${said.other} 2`);
    // Done: under the hand or gone, it cannot be done twice; the other one still can.
    await mine.first().getByTestId("task-done").click();
    await expect(mine.getByTestId("task-done")).toHaveCount(1);

    // The ticket knows: this one is done, the others are not.
    await mine.filter({ hasText: `${said.other} 2` }).click();
    await expect(page).toHaveURL(new RegExp(ticket.id));
    await page.getByTestId("tab-related").click();
    const tasks = page.getByTestId("sub-task");
    await expect(tasks.filter({ hasText: said.task }).getByRole("checkbox")).toBeDisabled();
    await expect(tasks.filter({ hasText: `${said.other} 2` }).getByRole("checkbox")).toBeEnabled();
  });
}
