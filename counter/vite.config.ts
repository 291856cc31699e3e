import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

/** Modules that are not needed to begin a day; all else is one file, which packs better than several. */
const LATER = /words\/(en|fr|ar|hi)|screens\/(queue|print|rare|close|lost|recover|settings|sheets|waiting)\.|handover|model\/news|frames|packets|device\/(qr|paper|printer|reader)|src\/(sw|main)\./;

export default defineConfig({
  base: "/counter/",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, outDir: "dist",
    // What is imported when it is wanted says so in its name: the worker keeps it later than what the first start needs.
    rolldownOptions: {
      output: {
        chunkFileNames: (chunk) => `assets/${chunk.isDynamicEntry ? "later-" : ""}[name]-[hash].js`,
        codeSplitting: { groups: [{ name: "app", test: (id: string) => /counter\/src\/|lit-html|\/idb\//.test(id) && !LATER.test(id) }] },
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
  plugins: [
    VitePWA({
      registerType: "prompt",
      injectRegister: false,
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      manifest: {
        id: "/counter/",
        name: "Evenhand counter",
        short_name: "Counter",
        description: "Hand out rations, with or without a network",
        start_url: "/counter/",
        scope: "/counter/",
        display: "standalone",
        background_color: "#fdfdfb",
        theme_color: "#fdfdfb",
        icons: [
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      injectManifest: {
        globPatterns: ["**/*.{html,js,css,wasm,png,svg,webmanifest}"],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
      },
    }),
  ],
});
