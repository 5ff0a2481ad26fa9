import { lookup as systemLookup, type LookupAddress } from "node:dns"
import type { LookupFunction } from "node:net"
import { Agent } from "undici"
import { refuseHost } from "./check-url"
import {
  type AllowedNetworks,
  isAllowedAddress,
  isAllowedHost,
} from "./networks"

/** Finds all addresses of a host name, as `dns.lookup` does with `all`. */
export type Lookup = (
  host: string,
  options: { all: true; family?: number | "IPv4" | "IPv6"; hints?: number },
  callback: (
    error: NodeJS.ErrnoException | null,
    addresses: LookupAddress[]
  ) => void
) => void

/** How long a connection that nobody uses is kept, in ms; servers give up at 5 s. */
const IDLE_MS = 4_000

/** Nothing has been sent when this ends, in ms: a post may then be tried again. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * The lookup that sockets connect with. The addresses that it checks are the
 * ones that the socket gets, so no second answer of the name server can come in
 * between (DNS rebinding). A name with one forbidden address is refused whole.
 */
const guardedLookup =
  (networks: AllowedNetworks, lookup: Lookup): LookupFunction =>
  (host, { all, family, hints }, callback) =>
    lookup(host, { all: true, family, hints }, (error, addresses) => {
      if (error) {
        callback(error, "")
        return
      }
      const isRefused =
        !isAllowedHost(networks, host) &&
        addresses.some(({ address }) => !isAllowedAddress(networks, address))
      if (isRefused || !addresses.length) {
        callback(refuseHost(host), "")
        return
      }
      if (all) {
        callback(null, addresses)
        return
      }
      callback(null, addresses[0].address, addresses[0].family)
    })

export interface Connections {
  /**
   * Uses connections again. The service may be closing one at that moment: only
   * for requests that can be sent a second time.
   */
  kept: Agent
  /** A new connection for each request. */
  fresh: Agent
}

const known = new WeakMap<AllowedNetworks, Connections>()

const open = (networks: AllowedNetworks, lookup: Lookup): Connections => {
  const agent = (options: Agent.Options): Agent =>
    new Agent({
      ...options,
      connect: {
        lookup: guardedLookup(networks, lookup),
        timeout: CONNECT_TIMEOUT_MS,
      },
      // Requests have a deadline of their own.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  return {
    kept: agent({ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS }),
    // In undici's terms: no request waits behind another on its connection.
    fresh: agent({ pipelining: 0 }),
  }
}

/**
 * The pools of connections that lead to nothing but the allowed networks. Each
 * policy has pools of its own: a connection must not serve a stricter one.
 *
 * @param lookup - in place of the system's, for tests: with new connections
 */
export const connectionsTo = (
  networks: AllowedNetworks,
  lookup?: Lookup
): Connections => {
  if (lookup) {
    return open(networks, lookup)
  }
  const connections = known.get(networks) ?? open(networks, systemLookup)
  known.set(networks, connections)
  return connections
}
