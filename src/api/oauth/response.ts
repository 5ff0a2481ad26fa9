/** Parameters of an authorization response (RFC 6749, section 4.1.2) that the dashboard needs. */
const PARAMETERS = ["state", "code", "error", "error_description", "iss"]

/** Parameters of an OAuth 1.0a response (RFC 5849, section 2.2): together they are its code. */
const OAUTH1_PARAMETERS = ["oauth_token", "oauth_verifier"]

/** Those parameters of a query that have one of these names. */
export const pick = (
  query: Record<string, unknown>,
  names: readonly string[]
): URLSearchParams =>
  new URLSearchParams(
    names.flatMap((name) => {
      const value = query[name]
      return typeof value === "string" ? [[name, value]] : []
    })
  )

/**
 * Takes what the dashboard needs out of a service's response. One of OAuth 1.0a
 * is brought into the form of OAuth 2.
 *
 * @param query - of the redirect
 */
export const authorizationResponse = (
  query: Record<string, unknown>
): URLSearchParams => {
  const response = pick(query, PARAMETERS)
  const isOAuth1 = OAUTH1_PARAMETERS.every((name) => name in query)
  if (isOAuth1) {
    response.set("code", pick(query, OAUTH1_PARAMETERS).toString())
  } else if ("denied" in query || "oauth_problem" in query) {
    response.set("error", "access_denied")
  }
  return response
}

/**
 * {@link authorizationResponse} for a service that signs its response: all of it is
 * then the code, since the signature is over all of it.
 *
 * @param query - of the redirect
 */
export const signedAuthorizationResponse = (
  query: Record<string, unknown>
): URLSearchParams => {
  const response = authorizationResponse(query)
  if (response.has("code")) {
    response.set("code", pick(query, Object.keys(query)).toString())
  }
  return response
}
