import { expect } from "@playwright/test";
import { asking, enter, say, test, type Lang } from "./house";

type Row = { id: string; ticket_id: string; ticket_number: string };

/** Somebody calls a merchant back: bad news opens the case again, good news closes the call. */
for (const lang of ["zh", "en"] as Lang[]) {
  test(`a merchant is called back, and what they say counts (${lang})`, async ({ browser, request }) => {
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const ask = await asking(request, "agent");
    const due = () => ask<{ items: Row[] }>("/api/v1/follow-ups?state=due&limit=200").then(({ items }) => items);
    const [bad, good] = await due();
    const page = await enter(browser, "agent", lang);
    await page.goto("/follow-ups");
    const dialog = page.getByRole("dialog");
    for (const [row, stars] of [[bad!, 1], [good!, 5]] as const) {
      await page.getByText(row.ticket_number, { exact: true }).locator("xpath=ancestor::*[@role='row'][1]").click();
      await expect(dialog).toContainText(row.ticket_number);
      // Nothing is saved before both questions are answered.
      await dialog.getByTestId("follow-up-submit").click();
      await expect(dialog).toContainText(t("follow_up.solved_missing"));
      await dialog.getByRole("radio", { name: t(stars > 2 ? "follow_up.solved_yes" : "follow_up.solved_no"), exact: true }).check();
      await dialog.getByText(t("follow_up.stars_short", { score: String(stars) }), { exact: true }).click();
      await dialog.getByTestId("follow-up-comment").fill(lang === "zh" ? "第二天又坏了" : "It broke again the next day");
      await expect(dialog.getByTestId("follow-up-submit")).toHaveText(t(stars > 2 ? "follow_up.save" : "follow_up.save_reopen"));
      await dialog.getByTestId("follow-up-submit").click();
      await expect(dialog).toBeHidden();
      await expect(page.getByText(row.ticket_number, { exact: true })).toHaveCount(0);
    }
    const left = (await due()).map((row) => row.id);
    expect(left).not.toContain(bad!.id);
    expect(left).not.toContain(good!.id);
    const standing = async (row: Row) => (await ask<{ ticket: { state: string; reopen_count: number } }>(`/api/v1/tickets/${row.ticket_id}`)).ticket;
    expect((await standing(bad!)).reopen_count).toBe(1);
    expect((await standing(good!)).state).toBe("closed");
    await page.goto("/follow-ups?state=answered");
    await expect(page.getByText(bad!.ticket_number, { exact: true }).first()).toBeVisible();
  });
}
