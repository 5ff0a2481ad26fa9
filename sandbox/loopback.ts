import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"

export type LoopbackServer = { port: number; close(): Promise<void> }

const ATTEMPTS = 5
const REQUEST_TIMEOUT_MS = 30_000
/** What a computer without IPv6 answers. */
const NO_IPV6 = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"])

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      resolve()
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function listenOnBoth(
  port: number,
  listener: RequestListener
): Promise<LoopbackServer> {
  const ipv4 = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, listener)
  const ipv6 = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, listener)
  await listen(ipv4, port, "127.0.0.1")
  const taken = (ipv4.address() as AddressInfo).port
  try {
    await listen(ipv6, taken, "::1")
  } catch (error) {
    if (!NO_IPV6.has((error as NodeJS.ErrnoException).code ?? "")) {
      await closeServer(ipv4)
      throw error
    }
  }
  return {
    port: taken,
    close: async () => {
      await Promise.all([closeServer(ipv4), closeServer(ipv6)])
    },
  }
}

/**
 * Listens on this computer's own addresses, and on no other. `localhost` is
 * 127.0.0.1 to one client and ::1 to another, so both are served.
 *
 * @param port 0 takes one that is free on both
 * @throws Error with the code EADDRINUSE if the port is taken
 */
export async function listenOnLoopback(
  port: number,
  listener: RequestListener
): Promise<LoopbackServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOnBoth(port, listener)
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE"
      if (port !== 0 || !isTaken || attempt === ATTEMPTS) {
        throw error
      }
    }
  }
}
