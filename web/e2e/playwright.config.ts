import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

/**
 * The journeys run against the real program on its demo data: one server, one database, one browser.
 * `POSTSALE_BIN` names the program (`make test` builds it); the folders are made once and inherited by the workers.
 */
const home = (process.env.E2E_HOME ??= mkdtempSync(join(tmpdir(), "postsale-e2e-")));
const port = (process.env.E2E_PORT ??= String(18000 + (process.pid % 2000)));
mkdirSync(join(home, "spool"), { recursive: true });

export default defineConfig({
  testDir: ".",
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  outputDir: "../test-results",
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  webServer: {
    command: `exec ${process.env.POSTSALE_BIN ?? "../../target/debug/postsale"} demo`,
    url: `http://127.0.0.1:${port}/readyz`,
    timeout: 300_000,
    // Set E2E_PORT and E2E_HOME to walk again on a server that is already there.
    reuseExistingServer: !process.env.CI,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "ignore",
    env: {
      POSTSALE_LISTEN: `127.0.0.1:${port}`,
      POSTSALE_DATA_DIR: join(home, "data"),
      POSTSALE_MAIL_SPOOL: join(home, "spool"),
      RUST_LOG: "warn",
    },
  },
});
