import { writeFileSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect, type APIRequestContext, type Browser, type BrowserContext, type Page } from "@playwright/test";
import en from "../../data/texts/web.en.json" with { type: "json" };
import zh from "../../data/texts/web.zh.json" with { type: "json" };
import { fill } from "../src/ground/i18n/fill";

export type Lang = "zh" | "en";
type Word = keyof typeof zh;

/** The sentence of the console, with its holes filled. */
export const say = (lang: Lang, word: Word, holes: Record<string, string> = {}) =>
  fill((lang === "zh" ? zh : en)[word], holes);

/** A journey whose people go home when it ends: their open pages would go on asking the server for news through all that follow. */
export const test = base.extend<{ home: void }>({
  home: [
    async ({ browser }, use) => {
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
});

const PASSWORD = "postsale-demo";
const home = process.env.E2E_HOME ?? "";

/** Sessions that were opened through the door: a password is slow to prove by design, and once per person is enough. */
const opened = new Map<string, Awaited<ReturnType<BrowserContext["storageState"]>>>();

/** A browser of its own for one person, signed in through the door. */
export async function enter(browser: Browser, username: string, lang: Lang, phone = false): Promise<Page> {
  const known = opened.get(`${username} ${lang}`);
  const context = await browser.newContext({
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    // A hand is slower than this one: it does not press on what is still growing.
    reducedMotion: "reduce",
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    ...(known && { storageState: known }),
  });
  const page = await context.newPage();
  await page.goto("/");
  if (known) return page;
  // The console greets in Chinese; whoever reads English says so once.
  if (lang === "en") await page.getByTestId("switch-language").click();
  await page.getByLabel(say(lang, "login.username")).fill(username);
  await page.getByLabel(say(lang, "login.password"), { exact: true }).fill(PASSWORD);
  await page.getByTestId("login-submit").click();
  await expect(page.getByTestId("login-submit")).toBeHidden();
  opened.set(`${username} ${lang}`, await context.storageState());
  return page;
}

/** A merchant's telephone: no login, the language of its owner. */
export async function merchantPhone(browser: Browser, lang: Lang): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ locale: lang === "zh" ? "zh-CN" : "en-GB", viewport: { width: 390, height: 844 }, hasTouch: true });
  return { context, page: await context.newPage() };
}

/** Speaks to the API as somebody; for what a journey has to know beforehand, never for the steps it shows. */
export async function asking(request: APIRequestContext, username: string) {
  const { ask } = await speaking(request, username);
  return ask;
}

type Standing = { ticket: { id: string; number: string; version: number } };

const tokens = new Map<string, string>();

async function tokenOf(request: APIRequestContext, username: string) {
  const known = tokens.get(username);
  if (known) return known;
  const answer = await request.post("/api/v1/sessions", { data: { username, password: PASSWORD } });
  expect(answer.status()).toBe(201);
  const { token } = (await answer.json()) as { token: string };
  tokens.set(username, token);
  return token;
}

/** Asks and tells the API as somebody; for what a journey finds in place when it begins. */
export async function speaking(request: APIRequestContext, username: string) {
  const token = await tokenOf(request, username);
  const headers = { authorization: `Bearer ${token}` };
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await request.get(path, { headers });
    expect(answer.status(), await answer.text()).toBe(200);
    return (await answer.json()) as T;
  };
  const tell = async <T>(path: string, data: object): Promise<T> => {
    const answer = await request.post(path, { headers, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as T;
  };
  /** A command of a ticket, given to it as it stands now. */
  const command = async (id: string, name: string, data: object = {}) => {
    const { ticket } = await ask<Standing>(`/api/v1/tickets/${id}`);
    return tell<Standing>(`/api/v1/tickets/${id}/${name}`, { ...data, version: ticket.version });
  };
  return { ask, tell, command };
}

type Report = { symptom: string; name?: string; email?: string; impact?: string; urgency?: string; even_if_open?: boolean };

/** A call that was taken before the journey begins. */
export async function called(tell: Awaited<ReturnType<typeof speaking>>["tell"], serial: string, { name = "张老板", email, ...said }: Report) {
  const contact = { name, phone: "13800005521", ...(email && { email }) };
  const { ticket } = await tell<Standing>("/api/v1/tickets", { terminal_serial: serial, contact, even_if_open: false, ...said });
  return ticket;
}

/** The page of a merchant that a mail to them leads to. */
export async function linkOf(mailbox: string): Promise<string> {
  const link = () => sent().map((mail) => (mail.includes(mailbox) ? /https?:\/\/\S+\/m\/[0-9a-z]+/i.exec(readable(mail))?.[0] : undefined)).find(Boolean);
  await expect.poll(link, { timeout: 60_000 }).toBeDefined();
  return link()!;
}

/** The readable text of a mail. */
export function readable(mail: string): string {
  const [head = "", ...rest] = mail.split(/\r?\n\r?\n/);
  const body = rest.join("\n\n");
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(head)) return Buffer.from(body.replaceAll(/=\r?\n/g, "").replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");
  return body;
}

type TerminalRow = { serial_no: string; model: string; open_tickets: number; place: { merchant: { id: string; name: string } } | null };
type Ask = Awaited<ReturnType<typeof asking>>;

/** Terminals that stand in a shop and have no open report, `at` counts among them, so that journeys do not meet. */
export async function freeTerminal(ask: Ask, at: number, fits: (row: TerminalRow) => boolean = () => true) {
  const { items } = await ask<{ items: TerminalRow[] }>("/api/v1/terminals?limit=200");
  const row = items.filter((r) => r.place && r.open_tickets === 0 && fits(r))[at];
  expect(row, "the demo has free terminals").toBeDefined();
  return { serial_no: row!.serial_no, model: row!.model, merchant: row!.place!.merchant };
}

/** Drops a mail where the mail server would leave it. */
export function deliver(name: string, mail: string) {
  const whole = join(home, "spool", `${name}.part`);
  writeFileSync(whole, mail.replaceAll(/\r?\n/g, "\r\n"));
  renameSync(whole, join(home, "spool", `${name}.eml`));
}

/** The mails that went out, as their receivers would see them. */
export function sent(): string[] {
  const folder = join(home, "data", "mail", "new");
  try {
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  } catch {
    return [];
  }
}

/** The name an engineer of the demo signs in with (`engineer`, `engineer2`, …). */
export async function usernameOf(request: APIRequestContext, engineer: string): Promise<string> {
  for (let n = 1; n <= 60; n++) {
    const username = n === 1 ? "engineer" : `engineer${n}`;
    const opened = await request.post("/api/v1/sessions", { data: { username, password: PASSWORD } });
    if (opened.status() !== 201) break;
    const { user } = (await opened.json()) as { user: { engineer_id: string | null } };
    if (user.engineer_id === engineer) return username;
  }
  throw new Error(`no engineer of the demo is ${engineer}`);
}

/** The storekeeper puts a piece with this serial into an engineer's bag, so that a journey finds it there. */
export async function carries(request: APIRequestContext, engineer: string, kind: string, model: string, serial: string) {
  const { ask, tell } = await speaking(request, "store");
  type Part = { id: string; kind: string; models: string[]; serialised: boolean };
  const { items } = await ask<{ items: Part[] }>("/api/v1/parts?limit=200");
  const made = { version: null, number: `E2E-${Date.now()}`, name: `${model} ${kind}`, kind, models: [model], unit: "台", price_fen: 100, serialised: true };
  const part = items.find((one) => one.kind === kind && one.serialised && one.models.includes(model)) ?? (await tell<Part>("/api/v1/parts", made));
  for (const [move, engineer_id] of [["received", null], ["handed_out", engineer]] as const) {
    await tell(`/api/v1/parts/${part.id}/moves`, { kind: move, quantity: 1, engineer_id, note: "", serials: [serial] });
  }
}
