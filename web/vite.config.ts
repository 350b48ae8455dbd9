/// <reference types="vitest/config" />
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The telephone's worker, told which files the build has. */
const worker = (): Plugin => ({
  name: "worker",
  apply: "build",
  generateBundle(_, bundle) {
    const files = Object.keys(bundle)
      .filter((name) => name.startsWith("assets/"))
      .map((name) => `/${name}`)
      .sort();
    const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
    const source = readFileSync(here("./src/ground/shell/worker.js"), "utf8").replace("__FILES__", JSON.stringify(files)).replace("__VERSION__", version);
    this.emitFile({ type: "asset", fileName: "sw.js", source });
  },
});

/** The server the development page talks to. */
const api = process.env.POSTSALE_API ?? "http://127.0.0.1:8130";

export default defineConfig({
  plugins: [react(), worker()],
  resolve: {
    alias: {
      "@ground": here("./src/ground"),
      "@rooms": here("./src/rooms"),
      "@api": here("./src/api/types.ts"),
      "@texts": here("../data/texts"),
    },
  },
  server: {
    host: "127.0.0.1",
    port: Number(process.env.PORT ?? 5173),
    fs: { allow: [here("."), here("../data/texts")] },
    proxy: { "^/(api|m)/": api },
  },
  build: {
    target: "es2022",
    // Every chunk is a file of its own name; nothing is inlined, so the page needs no exception from its content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: "tanstack", test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});
