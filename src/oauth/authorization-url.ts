import * as oauth from "oauth4webapi"
import type { OAuth2Server } from "./types"

/** A new PKCE code verifier (RFC 7636, section 4.1). */
export const generateCodeVerifier = (): string =>
  oauth.generateRandomCodeVerifier()

export interface AuthorizationRequest {
  server: OAuth2Server
  clientId: string
  redirectUri: string
  scopes: string[]
  state: string
  /** Required where the server's description turns PKCE on. */
  codeVerifier?: string
}

/**
 * Builds the address of the consent page (RFC 6749, section 4.1.1, with PKCE
 * S256 of RFC 7636).
 *
 * @returns the absolute URL to send the browser to
 */
export const buildAuthorizationUrl = async ({
  server,
  clientId,
  redirectUri,
  scopes,
  state,
  codeVerifier,
}: AuthorizationRequest): Promise<string> => {
  const url = new URL(server.authorization_endpoint)
  const parameters: Record<string, string> = {
    ...server.authorization_parameters,
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
  }
  if (scopes.length) {
    parameters.scope = scopes.join(server.scope_separator)
  }
  if (server.pkce && codeVerifier) {
    parameters.code_challenge =
      await oauth.calculatePKCECodeChallenge(codeVerifier)
    parameters.code_challenge_method = "S256"
  }

  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value)
  }
  return url.href
}
