import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import type { OAuth2Client, OAuth2Server, OAuthFetch } from "./types"

export const toAuthorizationServer = (
  server: OAuth2Server
): oauth.AuthorizationServer => ({
  issuer: server.issuer,
  authorization_endpoint: server.authorization_endpoint,
  token_endpoint: server.token_endpoint,
  revocation_endpoint: server.revocation_endpoint,
  introspection_endpoint: server.introspection_endpoint,
  authorization_response_iss_parameter_supported:
    server.authorization_response_iss_parameter_supported,
})

export const toClientAuth = (
  server: OAuth2Server,
  client: OAuth2Client
): oauth.ClientAuth => {
  if (server.client_auth === "none") {
    return oauth.None()
  }
  if (!client.client_secret) {
    throw new ServiceError(
      "config_error",
      "The application's client secret is not configured.",
      { code: "missing_client_secret" }
    )
  }
  const secret = client.client_secret.reveal()
  return server.client_auth === "client_secret_basic"
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret)
}

/**
 * Options of every request: our own `fetch`, and the description's normaliser
 * between the answer and the library.
 */
export const requestOptions = (server: OAuth2Server, fetch: OAuthFetch) => ({
  [oauth.customFetch]: async (
    url: string,
    init: oauth.CustomFetchOptions<"POST", URLSearchParams>
  ): Promise<Response> =>
    normalize(server, await fetch(url, init as unknown as RequestInit)),
  // A development service on the same machine has no certificate.
  [oauth.allowInsecureRequests]: isLoopback(server.token_endpoint),
})

const normalize = async (
  server: OAuth2Server,
  response: Response
): Promise<Response> => {
  if (!response.ok && !server.normalize_token_response) {
    return response
  }
  const text = await response.text()
  const init = { status: response.status, headers: response.headers }
  try {
    const body = JSON.parse(text) as Record<string, unknown>
    const standard = server.normalize_token_response?.(body) ?? body
    return Response.json(withoutEmptyRefreshToken(standard), {
      ...init,
      status: isRefusal(standard) && response.ok ? 400 : response.status,
    })
  } catch {
    return new Response(text || null, init)
  }
}

/** Some services refuse with HTTP 200, which the library would take for a malformed success. */
const isRefusal = ({ error, access_token }: Record<string, unknown>): boolean =>
  typeof error === "string" && error !== "" && access_token === undefined

/**
 * Some services say "no new refresh token" with an empty value. The library
 * would refuse the whole answer, and the access token in it would be lost.
 */
const withoutEmptyRefreshToken = ({
  refresh_token,
  ...answer
}: Record<string, unknown>): Record<string, unknown> =>
  refresh_token === "" || refresh_token === null || refresh_token === undefined
    ? answer
    : { ...answer, refresh_token }

const isLoopback = (endpoint: string): boolean => {
  const { protocol, hostname } = new URL(endpoint)
  return (
    protocol === "http:" &&
    ["localhost", "127.0.0.1", "[::1]"].includes(hostname)
  )
}
