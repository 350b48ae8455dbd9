import { expect } from "@playwright/test";
import { called, deliver, enter, freeTerminal, say, speaking, test, type Lang } from "./house";

const words = {
  zh: { mail: "打印机不出纸，小票打不出来", call: "还是不出纸，小票打不出来" },
  en: { mail: "The printer feeds no paper, no slips", call: "Still no paper from the printer, no slips" },
};

type Row = { id: string; number: string; closed_at: string | null };

/** The same shop writes a mail and calls: one ticket with both threads, undone once without losing a word. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`two reports of one shop become one ticket, are taken apart, and put together again (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const { ask, tell } = await speaking(request, "agent");
    const terminal = await freeTerminal(ask, 8);
    deliver(
      `merge-${lang}-${Date.now()}`,
      `From: shop <merge-${lang}@example.com>\nTo: service@desk.example\nSubject: POS\nDate: ${new Date().toUTCString()}\nMessage-ID: <merge-${lang}-${Date.now()}@example.com>\n` +
        `MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from(`SN: ${terminal.serial_no}\n${words[lang].mail}\n`).toString("base64")}`,
    );
    const found = async () => (await ask<{ items: Row[] }>(`/api/v1/tickets/search?q=${terminal.serial_no}`)).items.find((row) => !row.closed_at);
    await expect.poll(found, { timeout: 60_000 }).toBeDefined();
    const mailed = await found();
    const phoned = await called(tell, terminal.serial_no, { symptom: words[lang].call, even_if_open: true });

    // Both threads side by side, and what follows, before anything is done.
    const page = await enter(browser, "agent", lang);
    await page.goto(`/tickets/${mailed!.id}`);
    await page.getByTestId("do-more").click();
    await page.getByRole("menuitem", { name: t("do.merge") }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(t("merge.choose_first"));
    await dialog.getByRole("combobox").click();
    await page.locator(".ant-select-dropdown").getByText(phoned.number).click();
    await dialog.getByText(t("merge.away", { number: mailed!.number })).click();
    await expect(dialog.locator("[data-role=loser]")).toContainText(words[lang].mail);
    await expect(dialog.locator("[data-role=survivor]")).toContainText(words[lang].call);
    await expect(dialog.getByText(t("merge.consequences"))).toBeVisible();
    const submit = page.getByTestId("command-submit");
    await expect(submit).toContainText(t("merge.submit", { loser: mailed!.number, survivor: phoned.number }));
    await submit.click();

    // One ticket goes on; what was written under the other number stands under it, whole.
    await expect(page).toHaveURL(new RegExp(phoned.id));
    const thread = page.getByTestId("merged-thread");
    await thread.getByRole("button", { expanded: false }).click();
    await expect(thread).toContainText(words[lang].mail);
    await thread.getByRole("link", { name: mailed!.number }).click();
    await expect(page.getByTestId("merged-into")).toContainText(phoned.number);
    await expect(page.getByTestId("composer-reply")).toHaveCount(0);

    // Undone: it stands where it stood, nothing is lost.
    await page.getByTestId("do-unmerge").click();
    await expect(page.getByRole("dialog")).toContainText(t("command.unmerge_lead", { number: mailed!.number, survivor: phoned.number }));
    await submit.click();
    await expect(page.getByTestId("merged-into")).toHaveCount(0);
    await expect(page.getByTestId("composer-reply")).toBeVisible();
    await expect(page.getByText(words[lang].mail).first()).toBeVisible();
    await page.goto(`/tickets/${phoned.id}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByTestId("merged-thread")).toHaveCount(0);
  });
}
