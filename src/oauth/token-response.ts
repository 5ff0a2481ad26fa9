import { ServiceError } from "../errors/service-error"

type JsonObject = Record<string, unknown>

/** What tokens are made of (RFC 6749, appendices A.12 and A.17): it fits into a header. */
const TOKEN = /^[\x20-\x7e]+$/

const unusable = (message: string): ServiceError =>
  new ServiceError("transient", message, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/**
 * Brings the success of a token endpoint into the form of RFC 6749, section
 * 5.1, which the library insists on. By the time it is read the old refresh
 * token may be used up, so nothing that we can do without costs the new one: a
 * lifetime that is none counts as unknown, a missing type as `bearer`, and an
 * ID token, which nobody here asks for, is not looked at.
 *
 * @param body - the response, after its description's own normaliser
 * @param expected - `dpop` for tokens that are bound to a key: one that is not
 * was asked for by nobody (RFC 9449, section 5)
 * @throws {ServiceError} `transient` for a response whose token cannot be used
 */
export const standardTokenResponse = (
  body: JsonObject,
  expected: "bearer" | "dpop" = "bearer"
): JsonObject => {
  const {
    access_token,
    refresh_token,
    token_type,
    expires_in,
    scope,
    id_token: _,
    ...rest
  } = withoutNulls(body)

  if (typeof access_token !== "string" || !TOKEN.test(access_token)) {
    throw unusable("The token endpoint answered without a usable access token.")
  }
  const type = token_type ?? "bearer"
  if (typeof type !== "string" || type.toLowerCase() !== expected) {
    throw unusable(
      `The token endpoint answered with a token of another type than "${expected}".`
    )
  }
  return {
    ...rest,
    ...readRefreshToken(refresh_token),
    ...readLifetime(expires_in),
    ...readScope(scope),
    access_token,
    token_type: type,
  }
}

/** Many services write null for what they do not say. */
const withoutNulls = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))

/** Some services say "no new refresh token" with an empty value. */
const readRefreshToken = (value: unknown): JsonObject => {
  if (value === undefined || value === "") {
    return {}
  }
  if (typeof value !== "string" || !TOKEN.test(value)) {
    throw unusable(
      "The token endpoint answered with a refresh token that cannot be used."
    )
  }
  return { refresh_token: value }
}

const readLifetime = (value: unknown): JsonObject => {
  const seconds =
    typeof value === "string" && value.trim() ? Number(value) : value
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0
    ? { expires_in: seconds }
    : {}
}

const readScope = (value: unknown): JsonObject => {
  const scope = Array.isArray(value) ? value.join(" ") : value
  return typeof scope === "string" ? { scope } : {}
}
