import { ServiceError } from "../../errors/service-error"

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]

/** Whether nobody on the way can read what is sent: TLS, or the same machine. */
export const isConfidential = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname))

/**
 * Reads an endpoint's address. Secrets pass in the clear inside the responses of
 * the credential endpoints, so the protocol demands TLS for them (RFC 5849,
 * sections 2.1 and 2.3).
 *
 * @param address - the configured address
 * @param what - for the message: "The request token endpoint"
 * @throws {ServiceError} `config_error` for anything but https, or http on this machine
 */
export const parseEndpoint = (address: string, what: string): URL => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !isConfidential(url)) {
    throw new ServiceError("config_error", `${what} is not an https address.`, {
      code: "insecure_endpoint",
    })
  }
  return url
}
