import { createRequire } from "node:module"

/*
 * node build-dashboard.mjs ADMIN OUT
 *
 * Builds Medusa's dashboard with the pages of the folder ADMIN into the folder
 * OUT, as `medusa build` does. It leaves its intermediate files in the current
 * folder, so that it can run beside a development server.
 */

const [admin, outDir] = process.argv.slice(2)
// The bundler is Medusa's own dependency; only Medusa can say which one.
const require = createRequire(
  createRequire(import.meta.url).resolve("@medusajs/medusa/package.json")
)
const { build } = require("@medusajs/admin-bundler")

await build({
  path: "/app",
  backendUrl: "/",
  outDir,
  sources: [admin],
  plugins: [],
  maxUploadFileSize: 10 * 1024 * 1024,
})
