import { ServiceError } from "../errors/service-error"

/**
 * Brings several sets of headers together; a later one wins.
 *
 * @throws {ServiceError} `config_error`, code `invalid_header`, for a name or a
 * value that no header can have; neither is repeated
 */
export const mergeHeaders = (
  service: string,
  ...sets: (RequestInit["headers"] | undefined)[]
): Headers => {
  try {
    const merged = new Headers()
    for (const set of sets) {
      new Headers(set).forEach((value, name) => merged.set(name, value))
    }
    return merged
  } catch {
    throw new ServiceError(
      "config_error",
      `Nothing was sent to ${service}: the name or the value of a header has characters that cannot be sent. Check the platform's settings.`,
      { code: "invalid_header" }
    )
  }
}
