import os from "node:os"

import * as platforms from "./platforms"
import * as publishing from "./publishing"
import * as refreshJob from "./refresh-job"
import * as rekey from "./rekey"
import * as token from "./token"
import * as values from "./values"

/** Each part prints its own tables. `npm run bench -- values` runs one of them. */
const PARTS: Record<string, { run(): Promise<void> }> = {
  values,
  rekey,
  token,
  platforms,
  "refresh-job": refreshJob,
  publishing,
}

async function main(): Promise<void> {
  console.log(
    `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${os.cpus().length} x ${os.cpus()[0]?.model ?? "unknown CPU"}, load ${os.loadavg()[0].toFixed(1)}\n`
  )
  const chosen = process.argv.slice(2)
  const unknown = chosen.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) {
    throw new Error(
      `There is no part "${unknown}"; there are: ${Object.keys(PARTS).join(", ")}.`
    )
  }
  for (const name of chosen.length ? chosen : Object.keys(PARTS)) {
    await PARTS[name].run()
  }
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
