// Two pages: the console (`/console/...`) and the room page (`/r/{room}`). The room page must stay light, so they share no antd.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import react from "@vitejs/plugin-react"
import { defineConfig, type Connect, type Plugin } from "vite"

const SERVER = process.env.KAIBO_URL ?? "http://127.0.0.1:8080"

// The server answers these paths with the two pages; the development server must do the same.
function pages(): Plugin {
  const answer: Connect.NextHandleFunction = (request, _response, next) => {
    const path = (request.url ?? "/").replace(/\?.*$/, "")
    if (path === "/" || /^\/console(\/|$)/.test(path)) request.url = "/console.html"
    if (/^\/r\/./.test(path)) request.url = "/room.html"
    next()
  }
  return {
    name: "kaibo-pages",
    // Scripts are cached for good, and this one has no hash in its name.
    transformIndexHtml: (html) => html.replace("/appearance.js", `/appearance.js?v=${contentHash("public/appearance.js")}`),
    configureServer: (server) => { server.middlewares.use(answer) },
    configurePreviewServer: (server) => { server.middlewares.use(answer) },
  }
}

function contentHash(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 8)
}

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string }

export default defineConfig({
  define: { __KAIBO_VERSION__: JSON.stringify(version) },
  plugins: [react(), pages()],
  build: {
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    rolldownOptions: { input: { console: "console.html", room: "room.html" } },
  },
  server: {
    proxy: {
      "/api": { target: SERVER },
      "/live": { target: SERVER },
      "/replay": { target: SERVER },
      "/ws": { target: SERVER, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts", "sdk/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0])
