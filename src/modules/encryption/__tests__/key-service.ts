import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

export type Answer = {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export type Asked = {
  method: string
  path: string
  headers: IncomingMessage["headers"]
  body: Record<string, unknown>
}

export type KeyService = {
  readonly address: string
  readonly asked: Asked[]
  stop(): Promise<void>
}

async function readJson(
  request: IncomingMessage
): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  const text = Buffer.concat(chunks).toString("utf8")
  return text ? (JSON.parse(text) as Record<string, unknown>) : {}
}

/**
 * A local server that stands in for a key management service.
 *
 * @param answer - what it says; undefined leaves the caller waiting
 * @param port - 0 for any
 */
export async function startKeyService(
  answer: (asked: Asked) => Answer | undefined,
  port = 0
): Promise<KeyService> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const { method = "", url = "", headers } = request
      const call = { method, path: url, headers, body }
      asked.push(call)
      const reply = answer(call)
      if (reply) {
        response
          .writeHead(reply.status, reply.headers)
          .end(JSON.stringify(reply.body))
      }
    })
  })
  await new Promise<void>((resolve) =>
    server.listen(port, "127.0.0.1", resolve)
  )
  const { port: bound } = server.address() as AddressInfo

  return {
    address: `http://127.0.0.1:${bound}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Waits that a test can afford; the code under test is the same. */
export const QUICK = { attempts: 4, base_delay: 1, max_delay: 4, timeout: 2000 }
