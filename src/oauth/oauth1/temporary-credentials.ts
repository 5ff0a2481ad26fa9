import { ServiceError } from "../../errors/service-error"
import type { OAuthFetch } from "../types"
import { requestCredentials } from "./credentials-request"
import { parseEndpoint } from "./secure-address"
import type { OAuth1Client, OAuth1Credentials, OAuth1Server } from "./types"

export interface TemporaryCredentialsRequest {
  server: OAuth1Server
  client: OAuth1Client
  fetch: OAuthFetch
  /** Where the service sends the person afterwards, or `oob`. */
  callbackUrl: string
  /** @default 128 random bits */
  nonce?: string
  /** In s since the epoch. @default now */
  timestamp?: number
}

/**
 * Gets temporary credentials (RFC 5849, section 2.1), with which one person is
 * sent to the authorization page. Keep the secret, sealed, until the callback.
 *
 * @throws {ServiceError} `config_error` for refused client credentials or a
 * refused callback address, and for a service that does not confirm the
 * callback; `transient` without a usable response
 */
export const requestTemporaryCredentials = async ({
  server,
  client,
  fetch,
  callbackUrl,
  nonce,
  timestamp,
}: TemporaryCredentialsRequest): Promise<OAuth1Credentials> => {
  const { rest, ...credentials } = await requestCredentials({
    server,
    client,
    fetch,
    endpoint: parseEndpoint(
      server.request_token_endpoint,
      "The request token endpoint"
    ),
    parameters: { oauth_callback: callbackUrl },
    meaning: {
      what: "The request for temporary credentials",
      unauthorized: { errorClass: "config_error", code: "invalid_client" },
      forbidden: "config_error",
    },
    nonce,
    timestamp,
  })

  // Without it the service speaks OAuth 1.0, where anybody can slip their own
  // authorization into somebody else's session.
  if (rest.get("oauth_callback_confirmed") !== "true") {
    throw new ServiceError(
      "config_error",
      "The service did not confirm the callback address, so it does not follow OAuth 1.0a.",
      { code: "callback_not_confirmed" }
    )
  }
  return credentials
}
