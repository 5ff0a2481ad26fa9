import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import type { SecretString } from "../secrets/secret-string"
import {
  toAuthorizationServer,
  toClientAuth,
  tokenRequestOptions,
} from "./client"
import { withProof } from "./dpop"
import { toServiceError } from "./errors"
import { memberAt } from "./member-at"
import { toTokenSet } from "./token-set"
import type { OAuth2Request, TokenSet } from "./types"

export interface AuthorizationCodeExchange extends OAuth2Request {
  code: SecretString
  /** `iss` of the authorization response, where there was one (RFC 9207). */
  issuer?: string
  /** The very redirect URI of the authorization request. */
  redirectUri: string
  codeVerifier?: SecretString
  /** Paths of what else is wanted of the token response, such as `team.id`. */
  members?: readonly string[]
}

/**
 * Exchanges an authorization code for tokens (RFC 6749, section 4.1.3). The
 * caller has checked the state already: it is single use and lives in the
 * database.
 *
 * @throws {ServiceError} `token_invalid` for a refused code, `config_error` for
 * refused client credentials or a foreign issuer, `transient` without a usable response
 */
export const exchangeAuthorizationCode = async ({
  server,
  client,
  fetch,
  allowsPlainHttp,
  code,
  issuer,
  redirectUri,
  codeVerifier,
  dpopKey,
  members = [],
}: AuthorizationCodeExchange): Promise<TokenSet> => {
  const what = "The authorization code"
  const as = toAuthorizationServer(server)
  const libraryClient = { client_id: client.client_id }

  const callback = validateCallback(
    as,
    libraryClient,
    code,
    // Without the service's own there is nothing to compare it with.
    server.issuer === undefined ? undefined : issuer
  )

  try {
    const now = Date.now()
    const granted = await withProof(dpopKey, async (proof) =>
      oauth.processAuthorizationCodeResponse(
        as,
        libraryClient,
        await oauth.authorizationCodeGrantRequest(
          as,
          libraryClient,
          toClientAuth(server, client),
          callback,
          redirectUri,
          codeVerifier ? codeVerifier.reveal() : oauth.nopkce,
          {
            ...tokenRequestOptions(server, fetch, allowsPlainHttp),
            additionalParameters: server.token_parameters,
            ...proof,
          }
        )
      )
    )
    return {
      ...toTokenSet(granted, now),
      ...(dpopKey && { dpop_key: dpopKey }),
      members: Object.fromEntries(
        members.map((path) => [path, memberAt(granted, path)])
      ),
    }
  } catch (error) {
    throw toServiceError(error, what)
  }
}

/** Refuses a response that another authorization server gave (mix-up attack, RFC 9700, section 4.4). */
const validateCallback = (
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  code: SecretString,
  issuer: string | undefined
): URLSearchParams => {
  const parameters = new URLSearchParams({ code: code.reveal() })
  if (issuer !== undefined) {
    parameters.set("iss", issuer)
  }
  try {
    return oauth.validateAuthResponse(
      as,
      client,
      parameters,
      oauth.expectNoState
    )
  } catch {
    throw new ServiceError(
      "config_error",
      "The authorization response does not come from the server that was asked. Start again with Connect.",
      { code: "issuer_mismatch" }
    )
  }
}
