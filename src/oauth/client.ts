import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import { mergeHeaders } from "../http/headers"
import { standardTokenResponse } from "./token-response"
import type {
  OAuth2Client,
  OAuth2Server,
  OAuthFetch,
  PlainHttpRule,
  TokenRefusals,
} from "./types"

export const toAuthorizationServer = (
  server: OAuth2Server
): oauth.AuthorizationServer => ({
  // The library demands one. Where the service's own is not known, it stands
  // for the place that is asked and is compared with nothing.
  issuer: server.issuer ?? server.token_endpoint,
  authorization_endpoint: server.authorization_endpoint,
  token_endpoint: server.token_endpoint,
  revocation_endpoint: server.revocation_endpoint,
  introspection_endpoint: server.introspection_endpoint,
  pushed_authorization_request_endpoint:
    server.pushed_authorization_request_endpoint,
  authorization_response_iss_parameter_supported:
    server.authorization_response_iss_parameter_supported,
})

/** What a service calls the `client_id`. */
export const clientIdParameter = ({
  client_id_parameter = "client_id",
}: OAuth2Server): string => client_id_parameter

export const toClientAuth = (
  server: OAuth2Server,
  client: OAuth2Client
): oauth.ClientAuth => {
  const authenticate = standardClientAuth(server, client)
  const name = clientIdParameter(server)
  return (as, libraryClient, body, headers) => {
    authenticate(as, libraryClient, body, headers)
    const id = body.get("client_id")
    if (name !== "client_id" && id !== null) {
      body.delete("client_id")
      body.set(name, id)
    }
  }
}

const standardClientAuth = (
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
    ? basic(secret)
    : oauth.ClientSecretPost(secret)
}

/**
 * HTTP Basic (RFC 6749, section 2.3.1 and appendix B). The library encodes
 * hyphens, underscores and full stops too: those who undo the encoding read the
 * same of it, but services that do not, such as Reddit, would refuse each secret
 * that has one.
 */
const basic =
  (secret: string): oauth.ClientAuth =>
  (_as, { client_id }, _body, headers) => {
    const login = `${formEncoded(client_id)}:${formEncoded(secret)}`
    headers.set(
      "authorization",
      `Basic ${Buffer.from(login).toString("base64")}`
    )
  }

const formEncoded = (text: string): string =>
  new URLSearchParams([["", text]]).toString().slice(1)

type JsonObject = Record<string, unknown>

/** Options of a request that is not answered with tokens: our own `fetch`. */
export const requestOptions = (
  server: OAuth2Server,
  fetch: OAuthFetch,
  allowsPlainHttp?: PlainHttpRule
) => optionsWith(server, fetch, allowsPlainHttp, (body) => body)

/**
 * Options of a token request: our own `fetch`, and between the response and the
 * library the description's normaliser and what all descriptions have in common.
 */
export const tokenRequestOptions = (
  server: OAuth2Server,
  fetch: OAuthFetch,
  allowsPlainHttp?: PlainHttpRule
) =>
  optionsWith(server, fetch, allowsPlainHttp, (body) =>
    standardTokenResponse(body, server.dpop ? "dpop" : "bearer")
  )

/** Options of a request that creates something: a pushed authorization request. */
export const creationOptions = (
  server: OAuth2Server,
  fetch: OAuthFetch,
  allowsPlainHttp?: PlainHttpRule
) => optionsWith(server, fetch, allowsPlainHttp, (body) => body, 201)

const optionsWith = (
  server: OAuth2Server,
  fetch: OAuthFetch,
  allowsPlainHttp: PlainHttpRule = isLoopback,
  readSuccess: (body: JsonObject) => JsonObject,
  successStatus: 200 | 201 = 200
) => ({
  [oauth.customFetch]: async (
    url: string,
    init: oauth.CustomFetchOptions<"POST", URLSearchParams>
  ): Promise<Response> => {
    requireSafeAddress(url, allowsPlainHttp)
    return normalize(
      server,
      await fetch(url, withHeaders(server, init as unknown as RequestInit)),
      readSuccess,
      successStatus
    )
  },
  // The library knows all or nothing; each address is looked at above.
  [oauth.allowInsecureRequests]: true,
})

const withHeaders = (
  { headers }: OAuth2Server,
  init: RequestInit
): RequestInit =>
  headers
    ? {
        ...init,
        headers: mergeHeaders(
          "the authorization server",
          init.headers,
          headers
        ),
      }
    : init

/** @throws {ServiceError} `config_error` before a secret goes where others can read it */
const requireSafeAddress = (
  address: string,
  allowsPlainHttp: PlainHttpRule
): void => {
  const url = new URL(address)
  const isSafe =
    url.protocol === "https:" ||
    (url.protocol === "http:" && allowsPlainHttp(url))
  if (!isSafe) {
    throw new ServiceError(
      "config_error",
      `Nothing was sent to "${url.host}": OAuth endpoints must start with https://, because secrets are sent to them. http:// will do only on a private network that the operator of this store allows.`,
      { code: "insecure_endpoint" }
    )
  }
}

const normalize = async (
  server: OAuth2Server,
  response: Response,
  readSuccess: (body: JsonObject) => JsonObject,
  successStatus: 200 | 201
): Promise<Response> => {
  const { ok, status } = response
  const headers = new Headers(response.headers)
  // The library takes a challenge for the whole story; status and body tell it.
  headers.delete("www-authenticate")
  const text = await response.text()
  const body = readBody(server, text)
  if (!body) {
    return new Response(text || null, { status, headers })
  }
  // Some services call their JSON text.
  headers.set("content-type", "application/json")
  if (!ok) {
    return Response.json(body, { status, headers })
  }
  // Some think of a token as newly created.
  return isRefusal(body)
    ? Response.json(body, { status: 400, headers })
    : Response.json(readSuccess(body), { status: successStatus, headers })
}

/** The body as its description reads it; undefined for what is no JSON object. */
const readBody = (
  { normalize_token_response, token_refusals }: OAuth2Server,
  text: string
): JsonObject | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (
      typeof parsed !== "object" ||
      parsed === null ||
      Array.isArray(parsed)
    ) {
      return undefined
    }
    const body = readRefusal(parsed as JsonObject, token_refusals)
    return normalize_token_response?.(body) ?? body
  } catch {
    return undefined
  }
}

/** Brings a refusal in the service's own terms into those of RFC 6749, section 5.2. */
const readRefusal = (
  body: JsonObject,
  refusals: TokenRefusals | undefined
): JsonObject => {
  if (!refusals) {
    return body
  }
  const { success_member: member, codes } = refusals
  const hasFailed = member !== undefined && body[member] === false
  if (!hasFailed && typeof body.error !== "string") {
    return body
  }
  const own = String(body.error || "unknown_error")
  const error = Object.hasOwn(codes, own) ? codes[own] : own
  // Whatever else is in it, a refusal grants no token.
  return hasFailed ? { error } : { ...body, error }
}

/** Some services refuse with HTTP 200, which the library would take for a malformed success. */
const isRefusal = ({ error, access_token }: JsonObject): boolean =>
  typeof error === "string" && error !== "" && !access_token

const isLoopback: PlainHttpRule = ({ hostname }) =>
  ["localhost", "127.0.0.1", "[::1]"].includes(hostname)
