import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface ProbeServer {
  /** Address that answers just the credentials that `accept` was told. */
  url: string
  /** Headers of every request, by path. */
  requests: { path: string; headers: IncomingHttpHeaders }[]
  /** The one header value that gets a 200; everything else gets a 401. */
  accept: (header: string, value: string) => void
  /** Answers whatever comes with this. */
  answer: (
    status: number,
    headers?: Record<string, string>,
    body?: string
  ) => void
  /** Never answers. */
  hang: () => void
  reset: () => void
  close: () => Promise<void>
}

type Answer = {
  status: number
  headers: Record<string, string>
  body: string
}

const ok: Answer = {
  status: 200,
  headers: { "content-type": "application/json" },
  body: "{}",
}

/** Stands in for the account address of any service that takes a key. */
export const startProbeServer = async (): Promise<ProbeServer> => {
  const requests: ProbeServer["requests"] = []
  let decide: (headers: IncomingHttpHeaders) => Answer | null = () => ok

  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers })
    const answer = decide(request.headers)
    if (answer) {
      response.writeHead(answer.status, answer.headers).end(answer.body)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://localhost:${port}/account`,
    requests,
    accept: (header, value) => {
      decide = (headers) =>
        headers[header] === value ? ok : { ...ok, status: 401 }
    },
    answer: (status, headers = {}, body = "{}") => {
      decide = () => ({ status, headers: { ...ok.headers, ...headers }, body })
    },
    hang: () => {
      decide = () => null
    },
    reset: () => {
      requests.length = 0
      decide = () => ok
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
