import { expect, type Locator, type Page } from "@playwright/test";
import { say, type Lang } from "./house";

/** The smallest picture there is. */
const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC", "base64");

type Stage = "diagnosis" | "quote" | "backup" | "work" | "parts" | "test" | "restore";

export const tap = async (button: Locator) => {
  await button.scrollIntoViewIfNeeded();
  await button.click();
};

/** What an engineer does on the phone in every visit. */
export function visiting(field: Page, lang: Lang) {
  const t = (...args: [Parameters<typeof say>[1], Record<string, string>?]) => say(lang, ...args);
  const press = (label: string) => tap(field.getByRole("button", { name: label, exact: true }));
  const stage = (which: Stage) => field.getByRole("region", { name: t(`field.stage.${which}`), exact: true });
  const open = async (which: Stage) => {
    const head = stage(which).getByRole("button", { expanded: false });
    if (await head.count()) await tap(head.first());
  };
  const choose = async (button: Locator) => {
    await tap(button);
    await expect(button).toBeChecked();
  };
  const sheet = field.getByRole("dialog");

  /** What is not covered is quoted, with all that was brought, and signed by the merchant; what is covered asks nothing. */
  const agree = async () => {
    await open("quote");
    await expect(stage("quote").getByRole("table").first()).toBeVisible();
    const offer = stage("quote").getByRole("button", { name: /^(给商户报价|Quote )/ });
    if ((await offer.count()) === 0) return;
    for (const part of await stage("quote").getByRole("checkbox").all()) await part.check();
    if (await offer.isDisabled()) return;
    await tap(offer);
    await tap(stage("quote").getByRole("button", { name: t("field.quote_sign"), exact: true }));
    const pad = await sheet.getByRole("img", { name: t("field.signature") }).boundingBox();
    await field.mouse.move(pad!.x + 40, pad!.y + 60);
    await field.mouse.down();
    for (const [x, y] of [[90, 40], [140, 80], [200, 50], [240, 90]] as const) await field.mouse.move(pad!.x + x, pad!.y + y);
    await field.mouse.up();
    await tap(sheet.getByRole("button", { name: /^(同意|Agree to )/ }));
    await expect(sheet).toBeHidden();
  };

  return {
    stage,
    open,
    choose,
    /** What comes up for a part. */
    sheet,
    /** From the offer to the shop, inside a building where no satellite is heard. */
    async arrive(order: string) {
      await field.goto(`/field/orders/${order}`);
      await press(t("field.accept"));
      await press(t("field.depart"));
      await press(t("field.arrive"));
      await field.getByRole("button", { name: t("field.why.indoors"), exact: true }).click();
      await press(t("field.arrive_anyway"));
    },
    /** The desk was right about the fault; the backup is as said, and every step goes well. */
    async work(backup: "done" | "not_applicable") {
      await open("diagnosis");
      await tap(stage("diagnosis").getByRole("button", { name: t("field.diagnosis_right") }));
      await expect(stage("diagnosis").getByRole("button", { name: t("field.diagnosis_change") })).toBeVisible();
      await agree();
      await open("backup");
      await choose(stage("backup").getByRole("radio", { name: t(`field.backup.${backup}`) }));
      for (const phase of ["work", "test"] as const) {
        await open(phase);
        for (const step of await stage(phase).getByRole("radio", { name: t("field.result.pass"), exact: true }).all()) await choose(step);
        for (const photo of await stage(phase).getByLabel(t("field.photo_take")).and(field.locator("input")).all()) {
          await photo.setInputFiles({ name: "before.png", mimeType: "image/png", buffer: PIXEL });
          await expect(stage(phase).getByText(t("field.photo_count", { count: "1" }))).toBeVisible();
        }
      }
    },
    /** A serial number is typed twice. */
    async fill(label: string, serial: string) {
      await sheet.getByLabel(label, { exact: true }).fill(serial);
      await sheet.getByLabel(t("field.serial_again", { label }), { exact: true }).fill(serial);
    },
    /** The merchant reads the six digits from their page and tells them to the engineer. */
    async finish(shop: Page, link: string) {
      await tap(field.getByRole("button", { name: t("field.confirm_ask") }).last());
      await field.getByRole("button", { name: t("field.code_send") }).click();
      await expect(field.getByRole("button", { name: t("field.code_again") })).toBeVisible();
      await shop.goto(`${link}?lang=${lang}`);
      const code = (await shop.locator(".code").innerText()).replace(/\D/g, "");
      expect(code).toHaveLength(6);
      await field.getByRole("textbox", { name: t("field.code") }).fill(code);
      await tap(field.getByRole("button", { name: t("field.complete") }));
    },
  };
}
