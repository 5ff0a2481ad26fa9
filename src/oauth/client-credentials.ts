import * as oauth from "oauth4webapi"
import {
  toAuthorizationServer,
  toClientAuth,
  tokenRequestOptions,
} from "./client"
import { toServiceError } from "./errors"
import { toTokenSet } from "./token-set"
import type { OAuth2Request, TokenSet } from "./types"

export interface ClientCredentialsRequest extends OAuth2Request {
  scopes: readonly string[]
  /** Additional parameters, for example `audience`. */
  parameters?: Record<string, string>
}

/**
 * Gets an access token with the application's registration alone (RFC 6749,
 * section 4.4).
 *
 * @throws {ServiceError} `config_error` for refused client credentials,
 * `transient` without a usable response
 */
export const requestClientCredentialsToken = async ({
  server,
  client,
  fetch,
  allowsPlainHttp,
  scopes,
  parameters = {},
}: ClientCredentialsRequest): Promise<TokenSet> => {
  const as = toAuthorizationServer(server)
  const libraryClient = { client_id: client.client_id }

  try {
    const now = Date.now()
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      libraryClient,
      toClientAuth(server, client),
      new URLSearchParams({
        ...(scopes.length && { scope: scopes.join(server.scope_separator) }),
        ...parameters,
      }),
      tokenRequestOptions(server, fetch, allowsPlainHttp)
    )
    return toTokenSet(
      await oauth.processClientCredentialsResponse(as, libraryClient, response),
      now
    )
  } catch (error) {
    throw toServiceError(error, "The application's registration")
  }
}
