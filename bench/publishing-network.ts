import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"

import { NETWORK_MS, type Seen } from "./publishing-plan"

/*
 * The process of the network: it takes its time to publish, and counts. `GET /seen` tells what it
 * has seen, `DELETE /seen` has it forget.
 */

const times = new Map<string, number[]>()

const seen = (): Seen => ({
  posts: times.size,
  duplicates: [...times.values()].filter(({ length }) => length > 1).length,
  arrivals: [...times.values()].map(([first]) => first).sort((a, b) => a - b),
})

const server = createServer(async (request, response) => {
  const answer = (content: unknown) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(content))
  if (request.url === "/seen") {
    if (request.method === "DELETE") {
      times.clear()
    }
    return answer(seen())
  }
  const { key } = (await json(request)) as { key: string }
  times.set(key, [...(times.get(key) ?? []), Date.now()])
  await sleep(NETWORK_MS)
  return answer({ id: key })
})

server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ url: `http://localhost:${port}` })
})
process.on("disconnect", () => process.exit())
