/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The server the development page talks to. */
const api = process.env.POSTSALE_API ?? "http://127.0.0.1:8130";

export default defineConfig({
  plugins: [react()],
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
