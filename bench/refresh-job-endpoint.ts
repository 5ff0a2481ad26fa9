import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

import { ENDPOINT_MS, HANGING } from "./refresh-job-plan"

/*
 * The process of the services: a token endpoint for each provider, `/<provider>/token`, which takes
 * its time, and one that never responds. Refresh tokens rotate.
 */

const EXPIRES_IN = 3600

const token = (): string => randomBytes(100).toString("hex")

const server = createServer((request, response) => {
  request.resume()
  if (request.url?.startsWith(`/${HANGING}/`)) {
    return
  }
  void sleep(ENDPOINT_MS).then(() =>
    response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        access_token: token(),
        refresh_token: token(),
        token_type: "bearer",
        expires_in: EXPIRES_IN,
      })
    )
  )
})

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ url: `http://localhost:${port}` })
})
process.on("disconnect", () => process.exit())
