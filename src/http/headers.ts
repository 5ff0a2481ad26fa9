import { ServiceError } from "../errors/service-error"

/**
 * Brings several sets of headers together; a later one wins.
 *
 * @throws {ServiceError} `config_error`, code `invalid_header`, for a name or a
 * value that no header can have (RFC 9110, section 5.1); neither is repeated
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
      `Nothing was sent to ${service}: the platform's settings or credentials have characters that no HTTP header may have. Check the header's name and enter the credentials again.`,
      { code: "invalid_header" }
    )
  }
}
