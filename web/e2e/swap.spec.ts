import { expect } from "@playwright/test";
import parts from "../../data/parts.json" with { type: "json" };
import { tap, visiting } from "./field";
import { asking, called, carries, enter, freeTerminal, linkOf, merchantPhone, say, speaking, test, usernameOf, type Lang } from "./house";

const words = {
  zh: { symptom: "屏幕碎了，看不清金额", reason: "屏幕碎裂，换整机", why: "只带了这台" },
  en: { symptom: "The screen is broken, amounts cannot be read", reason: "Broken screen, the whole unit is changed", why: "It is the only one in the van" },
};

type Order = { id: string; number: string };

/** An engineer changes a terminal on the phone: both serials, a wrong box, the merchant's six digits; the binding moves with it. */
for (const [n, lang] of (["zh", "en"] as Lang[]).entries()) {
  test(`a terminal swapped on site, the wrong box first (${lang})`, async ({ browser, request }) => {
    test.setTimeout(240_000);
    const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
    const { symptom, reason, why } = words[lang];
    const { tell, command } = await speaking(request, "agent");
    const ask = await asking(request, "agent");
    // What stands in the shop, and what lies in the van: one of the same model, one of a model that cannot print.
    const old = await freeTerminal(ask, 14 + n, (row) => row.model === "A920");
    const { tell: register } = await speaking(request, "admin");
    const stamp = `${Date.now()}`.slice(-9);
    const [same, other] = [`SW${stamp}1${n}`, `SW${stamp}2${n}`];
    for (const [serial_no, model] of [[same, "A920"], [other, "A60"]] as const) {
      const blank = { batch: null, firmware: null, shipped_on: null, activated_on: null, warranty_until: null, extended_until: null };
      await register("/api/v1/terminals", { serial_no, tusn: `000007${serial_no.replace("SW", "000")}`.slice(0, 20), model, ...blank });
    }
    const mailbox = `swap-${lang}-${Date.now()}@example.com`;
    const { id } = await called(tell, old.serial_no, { symptom, email: mailbox });
    await command(id, "claim");
    await command(id, "work-orders", { fault_code: "SCR-01", reason_code: "needs_parts", reason, skills: [], parts: ["swap_unit"], access_note: null });
    const { work_orders: [order] } = await ask<{ work_orders: [Order] }>(`/api/v1/tickets/${id}`);
    const dispatcher = await speaking(request, "dispatcher");
    const standing = await dispatcher.ask<{ order: { version: number } }>(`/api/v1/work-orders/${order.id}`);
    const offered = await dispatcher.tell<{ order: { engineer: { id: string } } }>(`/api/v1/work-orders/${order.id}/offer`, { version: standing.order.version });

    for (const [serial, model] of [[same, "A920"], [other, "A60"]] as const) await carries(request, offered.order.engineer.id, "swap_unit", model, serial);
    const field = await enter(browser, await usernameOf(request, offered.order.engineer.id), lang, true);
    const { stage, open, sheet, arrive, work, fill, finish } = visiting(field, lang);
    await arrive(order.id);
    await work("not_applicable");
    await open("parts");
    const unit = parts.parts.find((part) => part.code === "swap_unit")!.name[lang];
    const usedUnit = stage("parts").getByRole("button", { name: t("field.part_used", { part: unit }) });
    await tap(usedUnit);
    await tap(sheet.getByRole("button", { name: t("field.old_serial_other") }));
    await fill(t("field.old_serial"), old.serial_no);
    await fill(t("field.new_serial"), other);
    await tap(sheet.getByRole("button", { name: t("field.part_save"), exact: true }));
    const warning = sheet.getByTestId("other-model");
    await expect(warning).toContainText("A60");
    await expect(sheet.getByRole("button", { name: t("field.part_save_other") })).toBeDisabled();
    await warning.getByLabel(t("field.model_reason")).fill(why);
    await expect(sheet.getByRole("button", { name: t("field.part_save_other") })).toBeEnabled();
    // A tap beside it, before anything was sent: what was typed is there again.
    await field.keyboard.press("Escape");
    await expect(sheet).toBeHidden();
    await tap(usedUnit);
    await expect(sheet.getByLabel(t("field.new_serial"), { exact: true })).toHaveValue(other);
    await expect(sheet.getByTestId("form-back")).toBeVisible();
    // The right box was in the van after all.
    await fill(t("field.new_serial"), same);
    await tap(sheet.getByRole("button", { name: t("field.part_save"), exact: true }));
    await expect(sheet).toBeHidden();
    await expect(stage("parts").getByText(`${old.serial_no} → ${same}`)).toBeVisible();

    const { page: shop } = await merchantPhone(browser, lang);
    await finish(shop, await linkOf(mailbox));
    await expect(field.getByText(t("field.outcome.swapped")).first()).toBeVisible();
    await expect(field.getByText(`${old.serial_no} → ${same}`, { exact: true })).toBeVisible();

    // One live binding: the new unit stands in the shop, the old one nowhere.
    const desk = await enter(browser, "agent", lang);
    for (const [serial, stands] of [[same, true], [old.serial_no, false]] as const) {
      await desk.goto(`/terminals?q=${serial}`);
      const row = desk.getByRole("row").filter({ hasText: serial.slice(-4) }).first();
      await expect(row).toBeVisible();
      await (stands ? expect(row) : expect(row).not).toContainText(old.merchant.name.slice(0, 4));
    }

    // Whoever took the old one out brings it back: the storekeeper takes it in and says what the test found.
    const keeper = await enter(browser, "store", lang);
    await keeper.goto("/parts/returns");
    await keeper.getByRole("row").filter({ hasText: old.serial_no }).click();
    await keeper.getByTestId("return-receive").click();
    await keeper.getByTestId("return-find").click();
    await keeper.getByTestId("finding-good").click();
    await keeper.getByTestId("return-save").click();
    await expect(keeper.getByTestId("return-where")).toContainText(t("return.finding.good").toLowerCase());
    await expect(keeper.getByTestId("return-stock")).toBeVisible();
  });
}
