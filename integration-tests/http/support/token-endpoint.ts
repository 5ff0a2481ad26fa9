import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

export interface TokenEndpoint {
  /** Base address: `/token` below it is the endpoint. */
  url: string
  /** What the next requests are answered with. */
  answer: (body: Record<string, unknown>) => void
  /** Bodies of the requests so far. */
  requests: URLSearchParams[]
  /** How long it takes to respond from now on, in ms. */
  takes: (ms: number) => void
  /** Does something before the next request is answered, once. */
  before: (task: () => Promise<unknown>) => void
  close: () => Promise<void>
}

/** A token endpoint that answers what it is told, for what the sandbox network never says. */
export const startTokenEndpoint = async (): Promise<TokenEndpoint> => {
  let body: Record<string, unknown> = {}
  let delayMs = 0
  const requests: URLSearchParams[] = []
  let task: (() => Promise<unknown>) | undefined
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) {
      chunks.push(chunk as Buffer)
    }
    requests.push(new URLSearchParams(Buffer.concat(chunks).toString()))
    const current = task
    task = undefined
    await current?.()
    await sleep(delayMs)
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}`,
    answer: (next) => {
      body = next
    },
    requests,
    takes: (ms) => {
      delayMs = ms
    },
    before: (next) => {
      task = next
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
