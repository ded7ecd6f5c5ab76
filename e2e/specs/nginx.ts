// nginx with its RTMP module, as a peer: takes a push, cuts it into HLS, and serves a page whose hls.js plays that.
import { spawn, type ChildProcess } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"
const PLAYER = resolve(import.meta.dirname, "../../web/node_modules/hls.js/dist/hls.light.min.js")
const PAGE = `<!doctype html><div class="stage"><video muted autoplay playsinline></video></div><script src="hls.js"></script><script>
const hls = new Hls({ enableWorker: true })
hls.attachMedia(document.querySelector("video"))
hls.on(Hls.Events.MEDIA_ATTACHED, () => hls.loadSource("hls/show.m3u8"))
hls.on(Hls.Events.ERROR, (_name, data) => { if (data.fatal) setTimeout(() => hls.loadSource("hls/show.m3u8"), 500) })
</script>`

export const hasNginx = existsSync(MODULE)

export class Nginx {
  private readonly dir = mkdtempSync(join(tmpdir(), "kaibo-nginx-"))
  private child: ChildProcess | null = null
  rtmp = 0
  http = 0

  /** Segments of two seconds, as Kaibo's. */
  async start(): Promise<void> {
    ;[this.rtmp, this.http] = [await freePort(), await freePort()]
    mkdirSync(join(this.dir, "hls"))
    writeFileSync(join(this.dir, "index.html"), PAGE)
    cpSync(PLAYER, join(this.dir, "hls.js"))
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${this.dir}/${kind};`).join(" ")
    writeFileSync(join(this.dir, "nginx.conf"), `load_module ${MODULE};
${process.getuid?.() === 0 ? "user root;" : ""} daemon off; worker_processes 1; error_log ${this.dir}/error.log warn; pid ${this.dir}/nginx.pid;
events { worker_connections 64; }
rtmp { access_log off; server { listen ${this.rtmp}; application live { live on; hls on; hls_path ${this.dir}/hls; hls_fragment 2s; hls_playlist_length 12s; } } }
http { access_log off; ${temporary}
  types { text/html html; text/javascript js; application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  server { listen 127.0.0.1:${this.http}; root ${this.dir}; add_header cache-control no-cache; } }
`)
    this.child = spawn("nginx", ["-c", join(this.dir, "nginx.conf"), "-p", this.dir], { stdio: ["ignore", "ignore", "inherit"] })
    while (!(await answers(this.rtmp))) await new Promise((done) => setTimeout(done, 50))
  }

  stop(): void {
    this.child?.kill("SIGTERM")
    rmSync(this.dir, { recursive: true, force: true })
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => { done(port) })
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1")
    socket.on("connect", () => { socket.destroy(); done(true) })
    socket.on("error", () => { done(false) })
  })
}
