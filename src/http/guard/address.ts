import ipaddr from "ipaddr.js"

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

/**
 * What an address is for:
 *
 * - `public`: a host on the internet
 * - `private`: a host of a private network, or this machine
 * - `special`: everything else: link-local, multicast, documentation, reserved,
 *   and the places where clouds hand out a machine's credentials
 */
export type AddressKind = "public" | "private" | "special"

const PRIVATE_RANGES = ["private", "loopback", "carrierGradeNat", "uniqueLocal"]

/** All global unicast addresses that have been assigned (RFC 4291, IANA). */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3]

const WELL_KNOWN_NAT64: [ipaddr.IPv6, number] = [
  ipaddr.IPv6.parse("64:ff9b::"),
  96,
]

/**
 * Where clouds answer a virtual machine with its credentials, outside of the
 * link-local range: some lie in private ranges, one even in a public one.
 */
const METADATA_ADDRESSES = new Set(
  [
    // Alibaba Cloud
    "100.100.100.200",
    // Azure
    "168.63.129.16",
    // Amazon
    "fd00:ec2::254",
    "fd00:ec2::23",
    // Google Cloud
    "fd20:ce::254",
  ].map((text) => ipaddr.parse(text).toString())
)

/** The IPv4 address that packets to an IPv6 address end at, where it carries one. */
const embeddedIPv4 = (address: ipaddr.IPv6): ipaddr.IPv4 | null => {
  const range = address.range()
  const bytes = address.toByteArray()
  if (range === "6to4") {
    return new ipaddr.IPv4(bytes.slice(2, 6))
  }
  // The last 32 bits of ::ffff:0:0/96, ::ffff:0:0:0/96 and 64:ff9b::/96. The
  // prefix that RFC 8215 leaves to local use places them anywhere: reserved.
  const carriesOne =
    range === "ipv4Mapped" ||
    range === "rfc6145" ||
    address.match(WELL_KNOWN_NAT64)
  return carriesOne ? new ipaddr.IPv4(bytes.slice(12)) : null
}

/**
 * Reads an IP address as a socket would use it: without a zone, and as the IPv4
 * address that it carries (IPv4-mapped, translated, NAT64, 6to4).
 *
 * @param text - dotted decimal or IPv6, without brackets
 * @returns null for anything else, a host name for one
 */
export const parseAddress = (text: string): IpAddress | null => {
  const withoutZone = text.split("%")[0]
  if (ipaddr.IPv4.isValidFourPartDecimal(withoutZone)) {
    return ipaddr.IPv4.parse(withoutZone)
  }
  if (!ipaddr.IPv6.isValid(withoutZone)) {
    return null
  }
  const address = ipaddr.IPv6.parse(withoutZone)
  return embeddedIPv4(address) ?? address
}

/** @param address - as {@link parseAddress} gave it */
export const kindOf = (address: IpAddress): AddressKind => {
  if (METADATA_ADDRESSES.has(address.toString())) {
    return "special"
  }
  const range: string = address.range()
  if (PRIVATE_RANGES.includes(range)) {
    return "private"
  }
  const isPublic =
    range === "unicast" &&
    (address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST))
  return isPublic ? "public" : "special"
}
