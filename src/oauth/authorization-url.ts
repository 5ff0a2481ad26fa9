import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import {
  clientIdParameter,
  creationOptions,
  toAuthorizationServer,
  toClientAuth,
} from "./client"
import { withProof } from "./dpop"
import { toServiceError } from "./errors"
import type { OAuth2Request, OAuth2Server } from "./types"

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
export const buildAuthorizationUrl = async (
  request: AuthorizationRequest
): Promise<string> =>
  authorizationUrl(request.server, await parametersOf(request))

/**
 * Sends the authorization request to the service itself (RFC 9126), so that the
 * browser carries no more of it than its name, and builds the address of the
 * consent page.
 *
 * @returns the absolute URL to send the browser to
 * @throws {ServiceError} what the service says of the request
 */
export const pushAuthorizationRequest = async (
  request: AuthorizationRequest &
    Pick<OAuth2Request, "client" | "fetch" | "allowsPlainHttp" | "dpopKey">
): Promise<string> => {
  const { server, client, fetch, allowsPlainHttp, dpopKey } = request
  if (!server.pushed_authorization_request_endpoint) {
    throw new ServiceError(
      "config_error",
      "The service takes pushed authorization requests alone, and does not say where.",
      { code: "missing_endpoint" }
    )
  }
  const as = toAuthorizationServer(server)
  const parameters = await parametersOf(request)
  const libraryClient = { client_id: client.client_id }
  try {
    const { request_uri } = await withProof(dpopKey, async (proof) =>
      oauth.processPushedAuthorizationResponse(
        as,
        libraryClient,
        await oauth.pushedAuthorizationRequest(
          as,
          libraryClient,
          toClientAuth(server, client),
          parameters,
          { ...creationOptions(server, fetch, allowsPlainHttp), ...proof }
        )
      )
    )
    return authorizationUrl(server, {
      [clientIdParameter(server)]: client.client_id,
      request_uri,
    })
  } catch (error) {
    throw toServiceError(error, "The authorization request")
  }
}

const authorizationUrl = (
  { authorization_endpoint }: OAuth2Server,
  parameters: Record<string, string>
): string => {
  const url = new URL(authorization_endpoint)
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value)
  }
  return url.href
}

const parametersOf = async ({
  server,
  clientId,
  redirectUri,
  scopes,
  state,
  codeVerifier,
}: AuthorizationRequest): Promise<Record<string, string>> => {
  const parameters: Record<string, string> = {
    ...server.authorization_parameters,
    response_type: "code",
    [clientIdParameter(server)]: clientId,
    redirect_uri: redirectUri,
    state,
  }
  if (scopes.length) {
    parameters.scope = scopes.join(server.scope_separator)
  }
  if (server.pkce && codeVerifier) {
    const challenge = await oauth.calculatePKCECodeChallenge(codeVerifier)
    parameters.code_challenge =
      server.pkce_encoding === "hex"
        ? Buffer.from(challenge, "base64url").toString("hex")
        : challenge
    parameters.code_challenge_method = "S256"
  }
  return parameters
}
