import * as oauth from "oauth4webapi"
import { ServiceError } from "../errors/service-error"
import { toServiceError } from "./errors"
import type { OAuth2Server, OAuthFetch, PlainHttpRule } from "./types"

/** Largest document that is read, in bytes. Real ones have a few thousand. */
export const MAX_METADATA_BYTES = 131_072

/** What a server's document says; everything else its description has to say. */
export type AuthorizationServerMetadata = Pick<
  OAuth2Server,
  "authorization_endpoint" | "token_endpoint"
> &
  Required<Pick<OAuth2Server, "issuer">> &
  Partial<
    Pick<
      OAuth2Server,
      | "revocation_endpoint"
      | "introspection_endpoint"
      | "pushed_authorization_request_endpoint"
      | "authorization_response_iss_parameter_supported"
      | "pkce"
    >
  >

const WHAT = "The authorization server's metadata"

const configError = (code: string, message: string): ServiceError =>
  new ServiceError("config_error", message, { code })

/**
 * Reads the endpoints of an authorization server from its metadata (RFC 8414).
 * The well-known path goes between host and path of the issuer (section 3.1);
 * where nothing is there, OpenID Connect's document is read, which has the same
 * form and is found behind the issuer's path.
 *
 * @param issuer - the issuer identifier, letter by letter as the server names
 * itself: a document that names another one is refused (section 3.3)
 * @param fetch - with its deadline, its limits and its guard already applied
 * @param allowsPlainHttp - decides about addresses that start with http://, for
 * servers on private networks that the operator allows; none by default
 * @throws {ServiceError} `config_error` for an unsuitable or foreign issuer, for
 * endpoints that cannot be used and where there is no metadata; `transient`
 * without a usable response
 */
export const fetchAuthorizationServerMetadata = async (
  issuer: string,
  fetch: OAuthFetch,
  allowsPlainHttp: PlainHttpRule = () => false
): Promise<AuthorizationServerMetadata> => {
  const identifier = readIssuer(issuer, allowsPlainHttp)
  const document =
    (await fetchDocument(identifier, "oauth2", fetch)) ??
    (await fetchDocument(identifier, "oidc", fetch))
  if (!document) {
    throw configError(
      "metadata_not_found",
      `${identifier.host} does not publish its OAuth endpoints. Check the address, or enter the endpoints themselves.`
    )
  }
  // The library compares normalised addresses; the standard wants the same text.
  if (document.issuer !== issuer) {
    throw foreignIssuer(identifier)
  }
  return toMetadata(document, issuer, allowsPlainHttp)
}

/** RFC 8414, section 2: an https address without query and fragment. */
const readIssuer = (issuer: string, allowsPlainHttp: PlainHttpRule): URL => {
  const isClean = URL.canParse(issuer) && !/[?#]/.test(issuer)
  if (!isClean || !isUsable(new URL(issuer), allowsPlainHttp)) {
    throw configError(
      "invalid_issuer",
      "The address of the authorization server must start with https:// and have no user name, query or fragment."
    )
  }
  return new URL(issuer)
}

const isUsable = (url: URL, allowsPlainHttp: PlainHttpRule): boolean => {
  const isSafe =
    url.protocol === "https:" ||
    (url.protocol === "http:" && allowsPlainHttp(url))
  return isSafe && !url.username && !url.password && !url.hash
}

const foreignIssuer = ({ host }: URL): ServiceError =>
  configError(
    "issuer_mismatch",
    `What ${host} publishes describes another authorization server. Enter the server's address exactly as it names itself.`
  )

/** @returns null when there is no such document, so that another place may have it */
const fetchDocument = async (
  issuer: URL,
  algorithm: "oauth2" | "oidc",
  fetch: OAuthFetch
): Promise<oauth.AuthorizationServer | null> => {
  try {
    const response = await oauth.discoveryRequest(issuer, {
      algorithm,
      [oauth.customFetch]: (url, { method, headers, signal }) =>
        fetch(url, { method, headers, signal }),
      // Whether plain http will do was decided with the issuer.
      [oauth.allowInsecureRequests]: true,
    })
    const body = await readBody(response)
    if (!body) {
      return null
    }
    return await oauth.processDiscoveryResponse(issuer, body)
  } catch (error) {
    if (error instanceof ServiceError && error.code === "unexpected_redirect") {
      // Servers send what they do not know to their login page.
      return null
    }
    throw error instanceof oauth.OperationProcessingError &&
      error.code === oauth.JSON_ATTRIBUTE_COMPARISON
      ? foreignIssuer(issuer)
      : toServiceError(error, WHAT)
  }
}

/**
 * @returns null for a response that says that there is no document: a refusal, or
 * a page for people
 * @throws {ServiceError} `transient` for a document that is too large
 */
const readBody = async (response: Response): Promise<Response | null> => {
  const { status, headers } = response
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return null
  }
  const text = await response.text()
  if (Buffer.byteLength(text) > MAX_METADATA_BYTES) {
    throw new ServiceError(
      "transient",
      `${WHAT} has more than ${MAX_METADATA_BYTES} bytes.`,
      { code: "response_too_large", status }
    )
  }
  if (status === 200 && !/^\s*\{/.test(text)) {
    return null
  }
  return new Response(text || null, { status, headers })
}

const toMetadata = (
  document: oauth.AuthorizationServer,
  issuer: string,
  allowsPlainHttp: PlainHttpRule
): AuthorizationServerMetadata => {
  const read = (name: keyof oauth.AuthorizationServer): string | undefined => {
    const value: unknown = document[name]
    if (value === undefined || value === null) {
      return undefined
    }
    const isEndpoint =
      typeof value === "string" &&
      URL.canParse(value) &&
      isUsable(new URL(value), allowsPlainHttp)
    if (!isEndpoint) {
      throw configError(
        "invalid_endpoint",
        `${WHAT} has a ${String(name).replaceAll("_", " ")} that cannot be used: it must be an address that starts with https://.`
      )
    }
    return value
  }
  const demand = (name: keyof oauth.AuthorizationServer): string => {
    const value = read(name)
    if (!value) {
      throw configError(
        "missing_endpoint",
        `${WHAT} has no ${String(name).replaceAll("_", " ")}.`
      )
    }
    return value
  }

  const revocation = read("revocation_endpoint")
  const introspection = read("introspection_endpoint")
  const pushed = read("pushed_authorization_request_endpoint")
  const methods: unknown = document.code_challenge_methods_supported
  return {
    issuer,
    authorization_endpoint: demand("authorization_endpoint"),
    token_endpoint: demand("token_endpoint"),
    ...(revocation && { revocation_endpoint: revocation }),
    ...(introspection && { introspection_endpoint: introspection }),
    ...(pushed && { pushed_authorization_request_endpoint: pushed }),
    ...(document.authorization_response_iss_parameter_supported === true && {
      authorization_response_iss_parameter_supported: true,
    }),
    // A server that is silent about PKCE may have it all the same.
    ...(Array.isArray(methods) && { pkce: methods.includes("S256") }),
  }
}
