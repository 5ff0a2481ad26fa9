import * as oauth from "oauth4webapi"
import type { SecretString } from "../secrets/secret-string"
import {
  toAuthorizationServer,
  toClientAuth,
  tokenRequestOptions,
} from "./client"
import { withProof } from "./dpop"
import { toServiceError } from "./errors"
import { toTokenSet } from "./token-set"
import type { OAuth2Request, TokenSet } from "./types"

export interface TokenRefresh extends OAuth2Request {
  refreshToken: SecretString
}

/**
 * Gets a new access token for a refresh token (RFC 6749, section 6). Never call
 * it without holding the platform's lock: many services rotate refresh tokens
 * and take a second use for theft (RFC 9700, section 4.14.2).
 *
 * @throws {ServiceError} `token_invalid` when the grant is gone, `config_error`
 * for refused client credentials, `transient` without a usable response
 */
export const refreshAccessToken = async ({
  server,
  client,
  fetch,
  allowsPlainHttp,
  dpopKey,
  refreshToken,
}: TokenRefresh): Promise<TokenSet> => {
  const as = toAuthorizationServer(server)
  const libraryClient = { client_id: client.client_id }

  try {
    const now = Date.now()
    const granted = await withProof(dpopKey, async (proof) =>
      oauth.processRefreshTokenResponse(
        as,
        libraryClient,
        await oauth.refreshTokenGrantRequest(
          as,
          libraryClient,
          toClientAuth(server, client),
          refreshToken.reveal(),
          { ...tokenRequestOptions(server, fetch, allowsPlainHttp), ...proof }
        )
      )
    )
    return toTokenSet(granted, now)
  } catch (error) {
    throw toServiceError(error, "The refresh token")
  }
}
