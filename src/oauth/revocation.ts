import * as oauth from "oauth4webapi"
import type { SecretString } from "../secrets/secret-string"
import { requestOptions, toAuthorizationServer, toClientAuth } from "./client"
import { toServiceError } from "./errors"
import type { OAuth2Request } from "./types"

export interface TokenRevocation extends OAuth2Request {
  token: SecretString
  tokenTypeHint: "access_token" | "refresh_token"
}

/**
 * Asks the service to forget a token (RFC 7009). A service that does not know
 * the token answers with success.
 *
 * @throws {ServiceError} when it was not revoked
 */
export const revokeToken = async ({
  server,
  client,
  fetch,
  allowsPlainHttp,
  token,
  tokenTypeHint,
}: TokenRevocation): Promise<void> => {
  const as = toAuthorizationServer(server)

  try {
    const response = await oauth.revocationRequest(
      as,
      { client_id: client.client_id },
      toClientAuth(server, client),
      token.reveal(),
      {
        ...requestOptions(server, fetch, allowsPlainHttp),
        additionalParameters: { token_type_hint: tokenTypeHint },
      }
    )
    await oauth.processRevocationResponse(response)
  } catch (error) {
    throw toServiceError(error, "The revocation")
  }
}
