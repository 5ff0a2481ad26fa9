import * as oauth from "oauth4webapi"
import type { SecretString } from "../secrets/secret-string"
import { requestOptions, toAuthorizationServer, toClientAuth } from "./client"
import { toServiceError } from "./errors"
import type { OAuth2Request } from "./types"

export interface TokenRevocation extends OAuth2Request {
  token: SecretString
  tokenTypeHint: "access_token" | "refresh_token"
}

/** Codes with which services refuse a token that is dead already. */
const DEAD_TOKEN_CODES = ["invalid_token", "invalid_grant"]

/**
 * Asks the service to forget a token (RFC 7009). A token that the service does
 * not know is forgotten: the standard calls that a success, some services an
 * invalid token.
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
    const failure = toServiceError(error, "The revocation")
    if (!DEAD_TOKEN_CODES.includes(failure.code)) {
      throw failure
    }
  }
}
