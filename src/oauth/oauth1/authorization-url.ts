import type { SecretString } from "../../secrets/secret-string"
import { parseEndpoint } from "./secure-address"
import type { OAuth1Server } from "./types"

/**
 * Builds the address of the authorization page (RFC 5849, section 2.2).
 *
 * @param server - whose page
 * @param token - of the temporary credentials; their secret stays here
 * @returns the absolute URL to send the browser to
 * @throws {ServiceError} `config_error` for an endpoint without TLS
 */
export const buildAuthorizationUrl = (
  server: Pick<
    OAuth1Server,
    "authorization_endpoint" | "authorization_parameters"
  >,
  token: SecretString
): string => {
  const url = parseEndpoint(
    server.authorization_endpoint,
    "The authorization endpoint"
  )
  const parameters = {
    ...server.authorization_parameters,
    oauth_token: token.reveal(),
  }
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value)
  }
  return url.href
}
