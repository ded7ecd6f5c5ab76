// Writes src/api/schema.d.ts from the committed API description. Operation ids are left out: the paths name everything used here.
import { readFileSync, writeFileSync } from "node:fs"
import openapi, { astToString } from "openapi-typescript"

const TARGET = "src/api/schema.d.ts"
const description = JSON.parse(readFileSync("../docs/openapi.json", "utf8"))
for (const path of Object.values(description.paths)) for (const operation of Object.values(path)) delete operation.operationId
const text = `// Generated from docs/openapi.json by \`npm run api\`.\n\n${astToString(await openapi(description, { defaultNonNullable: false, silent: true }))}`
if (process.argv.includes("--check")) {
  if (readFileSync(TARGET, "utf8") !== text) {
    console.error(`\`web/${TARGET}\` is not current: run \`npm run api\``)
    process.exit(1)
  }
} else writeFileSync(TARGET, text)
