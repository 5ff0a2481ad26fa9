import { ServiceError } from "../../errors/service-error"
import { classifyServiceError } from "../../http/classify"
import type { ProviderContext } from "../types"

/** The code of a check that could not be made for want of an address. */
export const MISSING_PROBE = "missing_probe_url"

const probeAddress = (settings: ProviderContext["settings"]): URL => {
  const address = settings.probe_url
  if (
    typeof address === "string" &&
    /^https?:\/\//.test(address) &&
    URL.canParse(address)
  ) {
    return new URL(address)
  }
  throw new ServiceError(
    "config_error",
    'The platform has no "probe_url" to check its credentials with: set one that starts with https://.',
    { code: MISSING_PROBE }
  )
}

/**
 * Asks the address that the settings name. Nothing is known of the response's
 * format: its status decides.
 *
 * @returns a sentence for the merchant
 * @throws {ServiceError} by the status of the response
 */
export const verifyByProbe = async ({
  settings,
  fetch,
}: ProviderContext): Promise<string> => {
  const address = probeAddress(settings)
  const response = await fetch(address, {
    headers: { accept: "application/json" },
  })
  if (!response.ok) {
    throw classifyServiceError("The service", response, {
      code: `http_${response.status}`,
    })
  }
  return `${address.host} accepted the credentials.`
}
