/** Parameters of an authorization response (RFC 6749, section 4.1.2) that the dashboard needs. */
const PARAMETERS = ["state", "code", "error", "error_description", "iss"]

/** Parameters of an OAuth 1.0a answer (RFC 5849, section 2.2): together they are its code. */
const OAUTH1_PARAMETERS = ["oauth_token", "oauth_verifier"]

const pick = (
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
 * Takes what the dashboard needs out of a service's answer. One of OAuth 1.0a
 * is brought into the form of OAuth 2.
 *
 * @param query - of the redirect
 */
export const authorizationAnswer = (
  query: Record<string, unknown>
): URLSearchParams => {
  const answer = pick(query, PARAMETERS)
  const isOAuth1 = OAUTH1_PARAMETERS.every((name) => name in query)
  if (isOAuth1) {
    answer.set("code", pick(query, OAUTH1_PARAMETERS).toString())
  } else if ("denied" in query || "oauth_problem" in query) {
    answer.set("error", "access_denied")
  }
  return answer
}

/**
 * {@link authorizationAnswer} for a service that signs its answer: all of it is
 * then the code, since the signature is over all of it.
 *
 * @param query - of the redirect
 */
export const signedAuthorizationAnswer = (
  query: Record<string, unknown>
): URLSearchParams => {
  const answer = authorizationAnswer(query)
  if (answer.has("code")) {
    answer.set("code", pick(query, Object.keys(query)).toString())
  }
  return answer
}
