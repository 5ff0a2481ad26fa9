import { isIP } from "node:net"
import { ServiceError } from "../../errors/service-error"
import { type IpAddress, kindOf, parseAddress } from "./address"
import {
  type AllowedNetworks,
  isAllowedAddress,
  isAllowedHost,
  normalizeHost,
} from "./networks"

/** The code of every request that was not sent because of its address. */
export const ADDRESS_NOT_ALLOWED = "address_not_allowed"

const refusal = (message: string): ServiceError =>
  new ServiceError("config_error", message, { code: ADDRESS_NOT_ALLOWED })

/**
 * Why a host is not asked. The message does not tell what its name resolves to:
 * whoever reads it could map the network behind this server with it.
 */
export const refuseHost = (host: string): ServiceError =>
  refusal(
    `Nothing was sent to "${host}": it is not on the public internet. Check the address. If it is right, the operator of this store can allow it with the option "allow_private_networks".`
  )

/** The host of an address as a socket takes it: without brackets and final dot. */
export const hostOf = ({ hostname }: URL): string =>
  normalizeHost(hostname.replace(/^\[|\]$/g, ""))

/**
 * Checks an address before a request goes there. The URL parser has brought
 * decimal, octal and hexadecimal hosts into the one form of an IP address; host
 * names are checked when they are resolved for the connection.
 *
 * @param networks - where requests may go besides the public internet
 * @throws {ServiceError} `config_error`, code `address_not_allowed`
 */
export const checkUrl = (
  address: string | URL,
  networks: AllowedNetworks
): URL => {
  if (!URL.canParse(address)) {
    throw refusal("The address is not valid. Check it in the settings.")
  }
  const url = new URL(address)
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refusal(
      "Nothing was sent: addresses of services must start with https:// or http://."
    )
  }
  const host = hostOf(url)
  if (url.username || url.password) {
    throw refusal(
      `Nothing was sent to "${host}": its address carries a user name or a password. Take them out of the address.`
    )
  }
  if (isIP(host) && !isAllowedAddress(networks, host)) {
    throw refuseHost(host)
  }
  return url
}

/** The IP address that a URL names itself; null for a host name. */
const addressIn = (url: URL): IpAddress | null => {
  const host = hostOf(url)
  return parseAddress(host === "localhost" ? "127.0.0.1" : host)
}

/**
 * Whether a URL names an address off the public internet, or this machine. It
 * says nothing about whether the operator allows requests there.
 */
export const isPrivateAddress = (url: URL): boolean => {
  const address = addressIn(url)
  return address !== null && kindOf(address) !== "public"
}

/**
 * Whether a host may be spoken to without TLS: an address on a network that the
 * operator has allowed, or a host that they have allowed by its name. Where any
 * other name leads to is not known beforehand, and on the public internet
 * anybody may read along.
 */
export const allowsPlainHttp = (
  url: URL,
  networks: AllowedNetworks
): boolean => {
  if (isAllowedHost(networks, hostOf(url))) {
    return true
  }
  const address = addressIn(url)
  return (
    address !== null &&
    kindOf(address) !== "public" &&
    isAllowedAddress(networks, address.toString())
  )
}
