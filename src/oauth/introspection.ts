import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import type { SecretString } from "../secrets/secret-string"
import { requestOptions, toAuthorizationServer, toClientAuth } from "./client"
import { toServiceError } from "./errors"
import type { OAuth2Request } from "./types"

export interface TokenIntrospection extends OAuth2Request {
  token: SecretString
}

/** What a service says about a token of its own. */
export interface IntrospectedToken {
  /** Whether the service would accept it now. */
  active: boolean
  /** Null when the service does not name them. */
  scopes: string[] | null
  /** Null when the service does not name it. */
  expires_at: Date | null
}

/**
 * Asks the service what a token is worth (RFC 7662, section 2). A token that it
 * does not know is inactive, and of an inactive one nothing more is said.
 *
 * @throws {ServiceError} `config_error` when the service has no such endpoint or
 * refuses the client's credentials, `transient` without a usable response
 */
export const introspectToken = async ({
  server,
  client,
  fetch,
  allowsPlainHttp,
  token,
}: TokenIntrospection): Promise<IntrospectedToken> => {
  if (!server.introspection_endpoint) {
    throw new ServiceError(
      "config_error",
      "The service does not say what a token is worth: it has no introspection endpoint.",
      { code: "introspection_not_supported" }
    )
  }
  const as = toAuthorizationServer(server)
  const libraryClient = { client_id: client.client_id }

  try {
    const response = await oauth.introspectionRequest(
      as,
      libraryClient,
      toClientAuth(server, client),
      token.reveal(),
      // What a description says of token responses does not hold for this one.
      requestOptions(
        {
          ...server,
          normalize_token_response: undefined,
          token_refusals: undefined,
        },
        fetch,
        allowsPlainHttp
      )
    )
    const introspected = await oauth.processIntrospectionResponse(
      as,
      libraryClient,
      response
    )
    return introspected.active
      ? {
          active: true,
          scopes: readScopes(introspected.scope),
          expires_at: readExpiry(introspected.exp),
        }
      : { active: false, scopes: null, expires_at: null }
  } catch (error) {
    throw toServiceError(error, "The introspection of the token")
  }
}

const readScopes = (scope: unknown): string[] | null =>
  typeof scope === "string" ? scope.split(/[\s,]+/).filter(Boolean) : null

/** @param exp - seconds since the epoch */
const readExpiry = (exp: unknown): Date | null => {
  const at = new Date(typeof exp === "number" && exp > 0 ? exp * 1000 : NaN)
  return Number.isNaN(at.getTime()) ? null : at
}
