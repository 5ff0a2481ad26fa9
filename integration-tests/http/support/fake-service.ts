import { createHash } from "node:crypto"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

/** What a fake service answers. A text is sent as HTML unless the headers say otherwise. */
export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export interface ServiceRequest {
  method: string
  url: URL
  path: string
  query: URLSearchParams
  form: URLSearchParams
  headers: IncomingHttpHeaders
}

/** What every fake service offers to its tests. */
export interface FakeService {
  url: string
  requests: ServiceRequest[]
  /** Answers every request with this, until `reset`. */
  answer: (
    status: number,
    body: object | string,
    headers?: Record<string, string>
  ) => void
  /** Forgets requests and what it was told to answer. */
  reset: () => void
  close: () => Promise<void>
}

/**
 * Starts a server on a free port that stands in for a service.
 *
 * @param route - what the service itself would answer
 */
export const startFakeService = async (
  route: (request: ServiceRequest) => Answer
): Promise<FakeService> => {
  const requests: ServiceRequest[] = []
  let forced: Answer | undefined

  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer)
    }
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`)
    const request = {
      method: incoming.method ?? "",
      url,
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
      headers: incoming.headers,
    }
    requests.push(request)
    const { status, body, headers } = forced ?? route(request)
    const isText = typeof body === "string"
    response
      .writeHead(status, {
        "content-type": isText ? "text/html" : "application/json",
        ...headers,
      })
      .end(isText ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (status, body, headers) => {
      forced = { status, body, headers }
    },
    reset: () => {
      requests.length = 0
      forced = undefined
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Whether a verifier is the one of a challenge (RFC 7636, section 4.6); without a challenge any is. */
export const isProven = (
  challenge: string | null,
  verifier: string | null
): boolean =>
  !challenge ||
  createHash("sha256")
    .update(verifier ?? "")
    .digest("base64url") === challenge
