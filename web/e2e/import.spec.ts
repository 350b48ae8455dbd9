import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { enter, say, test, type Lang } from "./house";

/** Merchants of a new bank by file: 40 rows, two wrong letters, three with a bank nobody knows, one twice. */
function merchants(lang: Lang) {
  const first = lang === "zh" ? 1_000 : 2_000;
  const rows = Array.from({ length: 40 }, (_, n) => [`8983101542${String(first + n).padStart(5, "0")}`, `${lang}-${n}`, "HYB"]);
  for (const n of [4, 9]) rows[n]![0] = `8983101542${String(first + 50 + n).padStart(4, "0")}O`;
  for (const n of [11, 12, 13]) rows[n]![2] = "HYP";
  rows[20]![0] = rows[3]![0]!;
  const header = lang === "zh" ? ["商户号", "商户名称", "收单机构"] : ["Merchant number", "Merchant name", "Acquirer"];
  return Buffer.from([header, ...rows].map((row) => row.join(",")).join("\n"), "utf8");
}

for (const lang of ["zh", "en"] as Lang[]) {
  test(`a file is checked, mended here, imported where it is good, and harmless the second time (${lang})`, async ({ browser }) => {
    const page = await enter(browser, "supervisor", lang);
    const file = { name: `merchants-${lang}.csv`, mimeType: "text/csv", buffer: merchants(lang) };
    const tally = (name: string) => page.locator(`[data-tally="${name}"] dd`);

    await page.goto("/merchants");
    await page.getByRole("button", { name: say(lang, "import.short") }).click();
    await page.setInputFiles("input[type=file]", file);
    await page.getByTestId("import-check").click();
    await expect(tally("bad")).toHaveText("6");
    await expect(tally("good")).toHaveText("34");
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

    // What was typed wrong many times is mended once; nothing has been imported yet.
    await page.getByTestId("import-fix-alike").click();
    await expect(tally("bad")).toHaveText("4");
    await page.getByRole("button", { name: say(lang, "import.replace", { value: "HYP", rows: "3" }) }).click();
    await page.getByLabel(lang === "zh" ? "收单机构" : "Acquirer", { exact: true }).fill("HYB");
    await page.getByRole("button", { name: say(lang, "import.replace_do") }).click();
    await expect(tally("bad")).toHaveText("1");

    const [table] = await Promise.all([page.waitForEvent("download"), page.getByTestId("import-errors").click()]);
    expect(table.suggestedFilename()).toBe("errors.xlsx");
    await page.getByRole("button", { name: say(lang, "import.commit_good", { rows: "39" }) }).click();
    await expect(tally("made")).toHaveText("39");

    // Left and found again; the same file once more changes nothing.
    await page.goto("/imports");
    await page.getByText(file.name).first().click();
    await expect(tally("made")).toHaveText("39");
    await page.getByRole("button", { name: say(lang, "import.new") }).click();
    await page.setInputFiles("input[type=file]", file);
    await page.getByTestId("import-check").click();
    await expect(tally("known")).toHaveText("34");
    await expect(page.getByTestId("import-commit")).toBeDisabled();
  });
}
