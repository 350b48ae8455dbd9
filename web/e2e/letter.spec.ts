import { expect, type Page } from "@playwright/test";
import { deliver, enter, freeTerminal, linkOf, merchantPhone, speaking, test } from "./house";

/** Hostile pieces of HTML by combination; each would call `pwned`. */
function vectors(): string[] {
  const call = "pwned(1)";
  const all: string[] = [];
  for (const tag of ["img", "svg", "video", "iframe", "details open", "input", "style", "body"])
    for (const handler of ["onerror", "onload", "onfocus", "ontoggle", "onpointerover"])
      for (const said of [call, `"${call}"`, `'${call}'`]) all.push(`<${tag} src=x tabindex=1 autofocus ${handler}=${said}>`);
  for (const [tag, name] of [["a", "href"], ["form", "action"], ["iframe", "src"], ["object", "data"], ["base", "href"], ["svg><animate attributeName=href", "values"], ["meta http-equiv=refresh", "content"], ["iframe", "srcdoc"]])
    for (const scheme of [`javascript:${call}`, `JaVa\tScRiPt:${call}`, `&#106;avascript&colon;${call}`, `data:text/html,<script>${call}</script>`, `//evil.invalid/?${call}`]) all.push(`<${tag} ${name}="${scheme}">x</${tag}>`);
  for (const script of [`<script>${call}</script>`, `<scr<script>ipt>${call}</script>`, `<svg><script>${call}</script></svg>`, `--></script></title></textarea><script>${call}</script>`])
    for (const shell of ["", "<!-->", "<math><annotation-xml encoding=text/html>", "<noscript><p title='</noscript>", "<template>"]) all.push(shell + script);
  return [...all, ...all.map((one) => one.replaceAll("<", "&lt;")), ...all.map((one) => one.toUpperCase().replaceAll("PWNED", "pwned"))];
}

/** What a page does that words never do. */
async function watched(page: Page, origin: string): Promise<string[]> {
  const seen: string[] = [];
  page.on("dialog", (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  // A page without an icon of its own is asked for one by the browser.
  page.on("console", (line) => line.type() === "error" && !line.location().url.endsWith("/favicon.ico") && seen.push(`console: ${line.text()} ${line.location().url}`));
  page.on("request", (request) => !request.url().startsWith(origin) && !request.url().startsWith("data:image/") && seen.push(`request: ${request.url()}`));
  await page.exposeFunction("pwned", () => seen.push("a script ran"));
  await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
  return seen;
}

/** XS-01 in a real browser: letters of hostile HTML stay words, at the desk, in the list of letters and on the merchant's phone. */
test("a letter that wants to be a page stays words", async ({ browser, request, baseURL }) => {
  const { ask } = await speaking(request, "agent");
  const terminal = await freeTerminal(ask, 14);
  const all = vectors();
  expect(all.length).toBeGreaterThan(500);
  // A case keeps the first 4,000 characters of a letter; so it takes several to show them all.
  const letters: string[][] = [[]];
  for (const one of all) {
    if (letters.at(-1)!.join("\n").length + one.length > 3800) letters.push([]);
    letters.at(-1)!.push(one);
  }
  const kinds = ["text/plain", "text/html"];
  letters.forEach((some, n) =>
    kinds.forEach((kind) =>
      deliver(
        `hostile-${n}-${kind.slice(5)}`,
        `From: "<img src=x onerror=pwned(1)>" <hostile${n}${kind.slice(5)}@shop.example>\nSubject: <svg onload=pwned(1)> hostile ${n} ${kind}\nMessage-ID: <hostile-${n}-${kind.slice(5)}@shop.example>\n` +
          `MIME-Version: 1.0\nContent-Type: ${kind}; charset=utf-8\n\n${n === 0 ? `SN: ${terminal.serial_no}\n` : ""}${some.join("\n")}\n`,
      ),
    ),
  );
  type Letter = { id: string; subject: string; ticket_id: string | null };
  const read = async () => (await ask<{ items: Letter[] }>("/api/v1/letters?view=all&limit=200")).items.filter((l) => l.subject.includes(" hostile "));
  await expect.poll(async () => (await read()).filter((l) => l.ticket_id).length, { timeout: 60_000 }).toBe(letters.length * kinds.length);
  const arrived = await read();

  const desk = await enter(browser, "agent", "zh");
  const seen = await watched(desk, baseURL!);
  const built = "[onerror], [onload], [onfocus], [ontoggle], [onpointerover], iframe, object, embed, base, meta[http-equiv=refresh], a[href^=javascript i], a[href*='evil.invalid']";
  for (const letter of arrived) {
    await desk.goto(`/tickets/${letter.ticket_id}`);
    await expect(desk.getByText("pwned(1)").first()).toBeVisible();
    for (let n = 0; n < 5; n++) await desk.keyboard.press("Tab");
    expect(await desk.locator(built).count(), letter.subject).toBe(0);
    expect(seen, letter.subject).toEqual([]);
  }
  await desk.goto(`/letters?view=all&open=${arrived[0]!.id}`);
  await expect(desk.getByText("<svg onload=pwned(1)>").first()).toBeVisible();
  expect(seen).toEqual([]);

  // What the merchant's telephone shows is made by the server, without any script at all.
  const { page: phone } = await merchantPhone(browser, "zh");
  const strange = await watched(phone, baseURL!);
  await phone.goto(await linkOf("hostile0plain@shop.example"));
  await expect(phone.getByText("pwned(1)").first()).toBeVisible();
  expect(await phone.locator(built).count()).toBe(0);
  expect(strange).toEqual([]);
});
