// The SDK is a file of its own with a name that never changes: other people's pages include it.
import { defineConfig } from "vite"

export default defineConfig({
  publicDir: false,
  build: {
    target: "es2020",
    outDir: "dist/sdk",
    emptyOutDir: false,
    rolldownOptions: { input: "sdk/main.ts", output: { format: "iife", entryFileNames: "kaibo.js" } },
  },
})
