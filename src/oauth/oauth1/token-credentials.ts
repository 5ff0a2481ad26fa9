import { ServiceError } from "../../errors/service-error"
import { looksSecret } from "../../secrets/looks-secret"
import type { OAuthFetch } from "../types"
import type { OAuth1Callback } from "./callback"
import { requestCredentials } from "./credentials-request"
import { parseEndpoint } from "./secure-address"
import type {
  OAuth1Client,
  OAuth1Credentials,
  OAuth1Server,
  OAuth1TokenSet,
} from "./types"

export interface VerifierExchange {
  server: OAuth1Server
  client: OAuth1Client
  fetch: OAuthFetch
  /** What this person was sent to the authorization page with. */
  temporaryCredentials: OAuth1Credentials
  /** What came back. */
  callback: OAuth1Callback
  /** @default 128 random bits */
  nonce?: string
  /** In s since the epoch. @default now */
  timestamp?: number
}

/**
 * Exchanges a verifier for token credentials (RFC 5849, section 2.3). Both work
 * once: the temporary credentials are of no use afterwards.
 *
 * @throws {ServiceError} `token_invalid` for a refused verifier, or for a
 * callback that belongs to another authorization, which is refused before
 * anything is sent; `permission` when the service forbids it; `transient`
 * without a usable response
 */
export const exchangeVerifier = async ({
  server,
  client,
  fetch,
  temporaryCredentials,
  callback,
  nonce,
  timestamp,
}: VerifierExchange): Promise<OAuth1TokenSet> => {
  if (!temporaryCredentials.token.equals(callback.token)) {
    throw new ServiceError(
      "token_invalid",
      "The response belongs to another authorization. Start the connection again.",
      { code: "token_mismatch" }
    )
  }

  const { rest, ...credentials } = await requestCredentials({
    server,
    client,
    fetch,
    endpoint: parseEndpoint(
      server.access_token_endpoint,
      "The access token endpoint"
    ),
    credentials: temporaryCredentials,
    parameters: { oauth_verifier: callback.verifier.reveal() },
    meaning: {
      what: "The verifier",
      unauthorized: { errorClass: "token_invalid", code: "invalid_verifier" },
      forbidden: "permission",
    },
    nonce,
    timestamp,
  })

  return {
    ...credentials,
    extra: Object.fromEntries([...rest].filter(([name]) => !looksSecret(name))),
  }
}
