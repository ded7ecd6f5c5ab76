// Fails when what a browser must load for a first screen exceeds the budget: scripts and styles, gzip, reached by static imports
// from a page, plus the screens named here that open first.
import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

const BUDGET_KB = 350
const SCREENS = {
  "console: sign-in": ["console.html", "src/features/accounts/SignIn.tsx", "src/features/accounts/texts.ts"],
  "console: rooms": ["console.html", "src/shell/Shell.tsx", "src/features/room/Page.tsx", "src/features/room/texts.ts", "src/features/qoe/Bell.tsx", "src/features/qoe/texts.ts"],
  "room page": ["room.html"],
  "room page + player": ["room.html", "node_modules/hls.js/dist/hls.light.mjs"],
}

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"))

function files(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk) throw new Error(`\`${key}\` is not in the build: rename it in scripts/size.mjs too`)
  seen.add(chunk.file)
  for (const style of chunk.css ?? []) seen.add(style)
  for (const next of chunk.imports ?? []) if (!seen.has(manifest[next].file)) files(next, seen)
  return seen
}

let over = false
for (const [screen, entries] of Object.entries(SCREENS)) {
  const all = new Set(entries.flatMap((entry) => [...files(entry)]))
  const bytes = [...all].reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length, 0)
  const kb = bytes / 1024
  over ||= kb > BUDGET_KB
  console.log(`${kb > BUDGET_KB ? "OVER" : "ok  "} ${kb.toFixed(1).padStart(6)} KB of ${BUDGET_KB} KB  ${screen} (${all.size} files)`)
}
process.exit(over ? 1 : 0)
