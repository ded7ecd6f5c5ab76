// Two pages: the console (`/console/...`) and the room page (`/r/{room}`). The room page must stay light, so they share no antd.
import react from "@vitejs/plugin-react"
import { defineConfig, type Plugin } from "vite"

const SERVER = process.env.KAIBO_URL ?? "http://127.0.0.1:8080"

// The server answers these paths with the two pages; the development server must do the same.
function pages(): Plugin {
  return {
    name: "kaibo-pages",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = request.url ?? "/"
        if (/^\/console(\/[^.]*)?(\?.*)?$/.test(path) || path === "/") request.url = "/console.html"
        if (/^\/r\/[^.]*$/.test(path)) request.url = "/room.html"
        next()
      })
    },
  }
}

export default defineConfig({
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
      "/ws": { target: SERVER, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0])
