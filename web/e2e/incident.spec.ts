import { expect } from "@playwright/test";
import { called, enter, freeTerminal, readable, say, sent, speaking, test, type Lang } from "./house";

const words = {
  zh: { symptom: "刷卡提示通信超时，交易发不出去", title: "通信超时，多家商户受影响", told: "收单机构通道不稳，正在抢修，预计一小时内恢复。", note: "通道已恢复，抽查三家正常。" },
  en: { symptom: "Cards time out, no payment goes through", title: "Time-outs at several merchants", told: "The bank's line is unstable. It is being repaired and should be back within an hour.", note: "The line is back; three shops checked." },
};

/** Whether merchants sleep: from nine in the evening to eight nobody writes to them on the house's own account. */
function night() {
  const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" }).format());
  return hour >= 21 || hour < 8;
}

/** Several report the same trouble: one incident, one message to all of them, one ending. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`several reports become one incident, are told once, and end together (${lang})`, async ({ browser, request }) => {
    const said = words[lang];
    const { ask, tell } = await speaking(request, "supervisor");
    const mailbox = `outage-${lang}-${Date.now()}@example.com`;
    const first = await freeTerminal(ask, 9);
    const one = await called(tell, first.serial_no, { symptom: said.symptom, email: mailbox });
    // Another shop with the same model, so that what the incident is about covers both.
    const second = await freeTerminal(ask, 5, (row) => row.model === first.model && row.place?.merchant.id !== first.merchant.id);
    const two = await called(tell, second.serial_no, { symptom: said.symptom });

    const page = await enter(browser, "supervisor", lang);
    await page.goto(`/tickets/${one.id}`);
    await page.getByTestId("tab-related").click();
    await page.getByTestId("incident-from-ticket").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByTestId("incident-title").fill(said.title);
    // The bank of one shop need not be the other's: the model is what they share.
    await dialog.getByRole("combobox", { name: say(lang, "fact.acquirer") }).hover();
    await dialog.locator(".ant-select-clear").first().click();
    await page.getByTestId("incident-make").click();
    await expect(page).toHaveURL(/\/incidents\//);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(said.title);
    const incident = page.url();

    // The second report knows of it and joins with one step.
    await page.goto(`/tickets/${two.id}`);
    await page.getByTestId("tab-related").click();
    const known = page.getByTestId("known-incident").filter({ hasText: said.title });
    await known.getByRole("button").click();
    await expect(page.getByTestId("ticket-incident")).toContainText(said.title);

    await page.goto(incident);
    await expect(page.getByRole("heading", { level: 2 }).first()).toHaveText(say(lang, "incident.reporters_count", { open: "2", all: "2" }));
    await page.getByTestId("incident-tell").click();
    await dialog.getByTestId("incident-words").fill(said.told);
    await page.getByTestId("incident-tell-submit").click();
    const broadcast = page.getByTestId("broadcast");
    await expect(broadcast).toContainText(said.told);
    await expect(broadcast.getByRole("button")).toBeVisible({ timeout: 60_000 });
    await broadcast.getByRole("button").click();
    for (const { number } of [one, two]) await expect(dialog.getByRole("link", { name: number })).toBeVisible();
    await page.keyboard.press("Escape");
    if (night()) {
      // News to many waits for the morning; somebody of the desk may say why it must not.
      await page.goto(`/tickets/${one.id}`);
      await page.getByTestId("held").getByRole("button", { name: say(lang, "held.send") }).click();
      await dialog.getByLabel(say(lang, "held.reason")).fill(said.note);
      await dialog.getByRole("button", { name: say(lang, "held.send") }).click();
      await expect(page.getByTestId("held")).toHaveCount(0);
      await page.goto(incident);
    }
    await expect.poll(() => sent().filter((mail) => mail.includes(mailbox) && readable(mail).includes(said.told)).length, { timeout: 60_000 }).toBe(1);

    // It is over: both are solved with it, each on its own timeline.
    await page.getByTestId("incident-resolve").click();
    await dialog.getByTestId("incident-note").fill(said.note);
    if ((await dialog.getByText(/^NET-01/).count()) === 0) {
      await dialog.getByRole("combobox", { name: say(lang, "command.fault") }).fill("NET-01");
      await page.keyboard.press("Enter");
    }
    await page.getByTestId("incident-resolve-submit").click();
    await expect(page.getByText(said.note)).toBeVisible();
    await page.goto(`/tickets/${two.id}`);
    await expect(page.getByTestId("next-step")).toContainText(say(lang, "next.solved"), { timeout: 60_000 });
    await expect(page.getByText(said.told).first()).toBeVisible();
  });
}
