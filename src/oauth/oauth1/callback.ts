import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"

/** What the service sent the person back with. */
export interface OAuth1Callback {
  /** Of the temporary credentials; compared when the verifier is exchanged. */
  token: SecretString
  verifier: SecretString
}

/**
 * Reads the query of the callback (RFC 5849, section 2.2). The standard has no
 * way to say no: some services send `denied` with the token, some
 * `oauth_problem`, and the others leave the verifier out.
 *
 * @throws {ServiceError} `permission` when the person refused, `token_invalid`
 * when a part is missing or comes twice
 */
export const readAuthorizationCallback = (
  query: URLSearchParams
): OAuth1Callback => {
  if (query.has("denied") || query.has("oauth_problem")) {
    throw new ServiceError(
      "permission",
      "The authorization was refused at the service.",
      { code: "access_denied" }
    )
  }
  const tokens = query.getAll("oauth_token")
  const verifiers = query.getAll("oauth_verifier")
  if (
    tokens.length !== 1 ||
    verifiers.length !== 1 ||
    !tokens[0] ||
    !verifiers[0]
  ) {
    throw new ServiceError(
      "token_invalid",
      "The service came back without a verifier. Start the connection again.",
      { code: "missing_verifier" }
    )
  }
  return {
    token: new SecretString(tokens[0]),
    verifier: new SecretString(verifiers[0]),
  }
}
