import { ServiceError } from "../errors/service-error"
import { isPrivateAddress } from "../http/guard/check-url"

const misconfigured = (message: string): ServiceError =>
  new ServiceError("config_error", message, { code: "invalid_instance_url" })

/**
 * The address of an instance that somebody runs, as an administrator enters it.
 *
 * @param label - of the service
 * @returns the address without a slash at its end
 * @throws {ServiceError} `config_error` for an address that cannot carry
 * credentials safely
 */
export const instanceAddress = (label: string, address: unknown): string => {
  const url =
    typeof address === "string" && URL.canParse(address)
      ? new URL(address)
      : undefined
  const isSafe =
    url?.protocol === "https:" ||
    // Whether requests may go to a private address at all is the guard's to say.
    (url?.protocol === "http:" && isPrivateAddress(url))
  if (!url || !isSafe) {
    throw misconfigured(
      `The address of the ${label} instance must start with https://: tokens are sent to it.`
    )
  }
  if (url.username || url.password || url.search || url.hash) {
    throw misconfigured(
      `The address of the ${label} instance must be a plain one, such as https://git.example.com, without a login, a query or a fragment.`
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "")
}
