import os from "node:os"

import * as values from "./values"

/** Each part prints its own tables. */
const PARTS = [values]

async function main(): Promise<void> {
  console.log(
    `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}, ${os.cpus().length} x ${os.cpus()[0]?.model ?? "unknown CPU"}, load ${os.loadavg()[0].toFixed(1)}\n`
  )
  for (const part of PARTS) {
    await part.run()
  }
}

void main()
