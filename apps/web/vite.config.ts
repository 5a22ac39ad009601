import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { compiledCatalogues } from "./compiled-catalogues.ts";
import { emojiModule } from "./emoji-rows.ts";

export default defineConfig({
  plugins: [react(), tailwindcss(), emojiModule(), compiledCatalogues(), VitePWA(shellOnly())],
  build: {
    target: ["chrome120", "safari17", "firefox121"],
    modulePreload: { polyfill: false, resolveDependencies: preloaded },
    // Fonts and images as files: the content policy keeps `data:` to what the app draws itself.
    assetsInlineLimit: 0,
    // One part by intent; what counts is its compressed weight, and a test of the first load weighs that.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: { index: "index.html", "push-worker": "src/notifications/push-worker.ts" },
      output: {
        // What every page loads, as one part: thirty small ones, each compressed for itself, weighed 7 kB more.
        codeSplitting: { groups: [{ name: "app", tags: ["$initial"], test: (id) => !id.includes("push-worker") }] },
        entryFileNames: ({ name }) => (name === "push-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { proxy: { "/v1": { target: "http://127.0.0.1:4600", ws: true } } },
});

/** The service worker holds the shell, never an answer of the server: photos die with their message (C33). */
function shellOnly() {
  return {
    registerType: "autoUpdate",
    injectRegister: false,
    includeAssets: ["mark.svg", "theme.js", "icon-180.png"],
    manifest: {
      name: "Sotto",
      short_name: "Sotto",
      description: "Direct messages that somebody can own.",
      start_url: "/",
      scope: "/",
      display: "standalone",
      background_color: "#fbfaf8",
      theme_color: "#fbfaf8",
      icons: [
        { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
        { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
        { src: "/icon-512-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        { src: "/mark.svg", sizes: "any", type: "image/svg+xml" },
      ],
    },
    workbox: {
      globPatterns: ["**/*.{js,css,html,svg,woff2}"],
      navigateFallback: "/index.html",
      navigateFallbackDenylist: [/^\/v1\//, /^\/(healthz|readyz|metrics|docs)/],
      runtimeCaching: [],
      // What it does with pushes; the rest of it keeps the shell.
      importScripts: ["/push-worker.js"],
      cleanupOutdatedCaches: true,
    },
  } as const satisfies Parameters<typeof VitePWA>[0];
}

/**
 * The page itself preloads nothing: the entry imports nearly all of its parts by itself, and a page that the service worker answers
 * would fetch each of them twice ("cross-world service worker resource mismatch", vite-pwa/vite-plugin-pwa#945); about one such page
 * in six hundred then never started. What is loaded later names its parts.
 */
function preloaded(_file: string, parts: string[], { hostType }: { hostType: "html" | "js" }): string[] {
  return hostType === "html" ? [] : parts;
}
