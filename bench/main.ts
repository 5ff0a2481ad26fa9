import path from "node:path"

import { build } from "esbuild"

const outfile = path.resolve(
  __dirname,
  "../node_modules/.cache/medusa-plugin-social-platforms/bench.cjs"
)

async function main(): Promise<void> {
  // Run from its sources, each use of an import would call a getter, which takes as long as some of
  // what is measured. The published code has no such getters.
  await build({
    entryPoints: [path.join(__dirname, "suite.ts")],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "warning",
  })
  await import(outfile)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
