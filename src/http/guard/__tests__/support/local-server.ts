import {
  createServer,
  type IncomingMessage,
  type RequestListener,
} from "node:http"
import type { AddressInfo } from "node:net"

export interface LocalServer {
  port: number
  /** Address of the server, as an IP address. */
  url: string
  /** All requests that reached it. */
  requests: IncomingMessage[]
  answer: (listener: RequestListener) => void
  reset: () => void
  close: () => Promise<void>
}

/** A server on this machine that notes whatever reaches it. */
export const startLocalServer = async (): Promise<LocalServer> => {
  const requests: IncomingMessage[] = []
  const fine: RequestListener = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end("{}")
  }
  let current = fine
  const server = createServer((request, response) => {
    requests.push(request)
    current(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (listener) => {
      current = listener
    },
    reset: () => {
      requests.length = 0
      current = fine
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
