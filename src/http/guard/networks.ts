import ipaddr from "ipaddr.js"
import { type IpAddress, kindOf, parseAddress } from "./address"

/** Where requests may go besides the public internet. */
export interface AllowedNetworks {
  /** All private networks and this machine; not link-local, multicast or reserved ranges. */
  readonly private_networks: boolean
  readonly ranges: readonly [IpAddress, number][]
  /** Host names, in lower case, whatever they resolve to. */
  readonly hosts: readonly string[]
}

/** The variable that overrides the option `allow_private_networks`. */
export const ALLOW_VARIABLE = "SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS"

const PUBLIC_ONLY: AllowedNetworks = {
  private_networks: false,
  ranges: [],
  hosts: [],
}

/** A host name; its last label has a letter first, since numbers make an IP address. */
const HOST_NAME =
  /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?$/

/** Words that somebody may take for a value of their own; no host is called so. */
const NOT_HOSTS = ["true", "false", "yes", "no", "on", "off"]

/** One spelling of a host name: lower case, without the dot of the root. */
export const normalizeHost = (host: string): string =>
  host.toLowerCase().replace(/\.$/, "")

const readRange = (entry: string): [IpAddress, number] | null => {
  if (!entry.includes("/")) {
    const address = parseAddress(entry)
    return address && [address, address.kind() === "ipv4" ? 32 : 128]
  }
  const isRange =
    ipaddr.IPv4.isValidCIDRFourPartDecimal(entry) ||
    ipaddr.IPv6.isValidCIDR(entry)
  return isRange ? ipaddr.parseCIDR(entry) : null
}

/**
 * Reads the option `allow_private_networks`.
 *
 * @param value - `true`, `false`, or a list of ranges (CIDR), addresses and host names
 * @returns null when it is nothing of these
 */
export const readAllowedNetworks = (value: unknown): AllowedNetworks | null => {
  if (value === undefined || value === false) {
    return PUBLIC_ONLY
  }
  if (value === true) {
    return { ...PUBLIC_ONLY, private_networks: true }
  }
  if (!Array.isArray(value)) {
    return null
  }

  const ranges: [IpAddress, number][] = []
  const hosts: string[] = []
  for (const entry of value as unknown[]) {
    if (typeof entry !== "string") {
      return null
    }
    const range = readRange(entry.trim())
    const host = normalizeHost(entry.trim())
    if (range) {
      ranges.push(range)
    } else if (HOST_NAME.test(host) && !NOT_HOSTS.includes(host)) {
      hosts.push(host)
    } else {
      return null
    }
  }
  return { private_networks: false, ranges, hosts }
}

/**
 * The option's value as the environment gives it.
 *
 * @returns undefined when the variable is not set or empty
 */
export const allowedInEnvironment = (
  env: NodeJS.ProcessEnv
): boolean | string[] | undefined => {
  const text = env[ALLOW_VARIABLE]?.trim()
  if (!text) {
    return undefined
  }
  return text === "true" || text === "false"
    ? text === "true"
    : text.split(",").map((entry) => entry.trim())
}

let latest: { text: string | undefined; networks: AllowedNetworks } | undefined

/**
 * What the environment alone allows: for a caller that has no options. The same
 * object as long as the variable stays the same, so that connections are reused.
 *
 * @returns the public internet only for a variable that cannot be read
 */
export const environmentNetworks = (): AllowedNetworks => {
  const text = process.env[ALLOW_VARIABLE]
  if (!latest || latest.text !== text) {
    const value = allowedInEnvironment(process.env)
    latest = { text, networks: readAllowedNetworks(value) ?? PUBLIC_ONLY }
  }
  return latest.networks
}

/** Whether the operator allows a host by its name. */
export const isAllowedHost = (
  networks: AllowedNetworks,
  host: string
): boolean => networks.hosts.includes(normalizeHost(host))

/**
 * Whether a socket may be connected to an address.
 *
 * @param text - an IP address; what cannot be read as one is refused
 */
export const isAllowedAddress = (
  networks: AllowedNetworks,
  text: string
): boolean => {
  const address = parseAddress(text)
  if (!address) {
    return false
  }
  const kind = kindOf(address)
  if (kind === "public" || (kind === "private" && networks.private_networks)) {
    return true
  }
  return networks.ranges.some(
    ([base, bits]) =>
      base.kind() === address.kind() && address.match(base, bits)
  )
}
