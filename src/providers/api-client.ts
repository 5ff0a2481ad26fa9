import { ServiceError } from "../errors/service-error"
import { isSizedStream } from "../http/body"
import type { ErrorRule } from "../http/classify"
import type { ServiceFetch, ServiceRequestInit } from "../http/fetch"
import { hostOf, isPrivateAddress } from "../http/guard/check-url"
import {
  type AllowedNetworks,
  environmentNetworks,
  isAllowedHost,
} from "../http/guard/networks"
import { mergeHeaders } from "../http/headers"
import { eraseValues } from "../secrets/erase-values"
import type { SecretString } from "../secrets/secret-string"
import {
  authenticateRequest,
  hasProofs,
  provenFetch,
  signedFetch,
} from "./api-authentication"
import type { ApiFetch, ApiFetchInit, ApiRequest } from "./api-description"
import {
  failureIn,
  malformedResponse,
  parseJson,
  serviceOf,
} from "./api-errors"
import type { ProviderContext, ProviderDescription } from "./types"

/** What a platform's API is called with. */
export interface ApiAccess extends Pick<
  ProviderContext,
  "settings" | "auth_type" | "signal"
> {
  /** Opens a credential of the platform. */
  credential: ProviderContext["credential"]
  /** The HTTP client, without credentials. */
  fetch: ServiceFetch
  /**
   * Where requests may go besides the public internet.
   *
   * @default what the environment allows
   */
  networks?: AllowedNetworks
}

/**
 * Makes what a provider's operations work with: a `fetch` and a `request` that
 * carry the platform's credentials as its provider describes, to its service
 * and to nobody else.
 */
export const createApiContext = (
  description: ProviderDescription,
  { fetch, networks = environmentNetworks(), ...access }: ApiAccess
): ProviderContext => {
  const opened = new Set<SecretString>()
  const credential = async (name: string): Promise<SecretString> => {
    const value = await access.credential(name)
    opened.add(value)
    return value
  }
  const redact = (text: string): string => eraseValues(text, opened)
  const own = { ...access, credential }

  const send = withoutEcho(fetch, redact)
  const sendSigned = signing(description, own, send)

  const fetchApi: ApiFetch = async (address, init = {}) => {
    const url = resolveAddress(description, own, address)
    const sendable = streamable(serviceOf(description), init)
    if (init.credentials === "omit") {
      return send(url, sendable)
    }
    requireOwnOrigin(description, own, url, networks)
    const request = await authenticateRequest(description, own, url)
    request.secrets.forEach((secret) => opened.add(secret))
    const response = await sendSigned(request.url, {
      ...sendable,
      headers: mergeHeaders(
        serviceOf(description),
        description.api?.headers?.(access.settings),
        sendable.headers,
        request.headers
      ),
    })
    if (response.status !== 401) {
      return response
    }
    const text = await response.text()
    throw (
      failureIn(description, response, text) ??
      malformedResponse(description, response)
    )
  }

  return {
    ...own,
    fetch: fetchApi,
    request: requestOver(description, fetchApi, redact),
    redact,
  }
}

/** A `fetch` that signs requests, with a service whose requests are signed. */
const signing = (
  description: ProviderDescription,
  access: Omit<ApiAccess, "fetch">,
  send: ServiceFetch
): ServiceFetch => {
  const { auth_type, settings } = access
  if (auth_type === "oauth1" && description.oauth1) {
    return signedFetch(description.oauth1.server(settings), access, send)
  }
  return hasProofs(description, auth_type) ? provenFetch(access, send) : send
}

/** Streams as HTTP's own `fetch` takes them: they go one way, and their length in a header. */
const streamable = (
  service: string,
  { credentials: _, body, ...init }: ApiFetchInit
): ServiceRequestInit => {
  if (!isSizedStream(body)) {
    return body instanceof ReadableStream
      ? ({ ...init, body, duplex: "half" } as ServiceRequestInit)
      : { ...init, body }
  }
  const { stream, size, content_type } = body
  return {
    ...init,
    body: stream,
    headers: mergeHeaders(
      service,
      content_type ? { "content-type": content_type } : {},
      init.headers,
      { "content-length": String(size) }
    ),
    duplex: "half",
  } as ServiceRequestInit
}

const requestOver =
  (
    description: ProviderDescription,
    fetch: ApiFetch,
    redact: (text: string) => string
  ): ApiRequest =>
  async <T>(
    address: string | URL,
    {
      json,
      query,
      error_rules,
      on_headers,
      ...init
    }: Parameters<ApiRequest>[1] = {}
  ): Promise<T> => {
    const response = await fetch(withQuery(address, query), {
      ...init,
      headers: mergeHeaders(
        serviceOf(description),
        { accept: "application/json" },
        json === undefined ? {} : { "content-type": "application/json" },
        init.headers
      ),
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    on_headers?.(response.headers)
    if (init.accept_status?.includes(response.status)) {
      return undefined as T
    }
    return readResponse<T>(description, response, redact, error_rules)
  }

const readResponse = async <T>(
  description: ProviderDescription,
  response: Response,
  redact: (text: string) => string,
  rules?: readonly ErrorRule[]
): Promise<T> => {
  const text = await response.text()
  const failure = failureIn(description, response, redact(text), rules)
  if (failure) {
    throw failure
  }
  if ([204, 205].includes(response.status)) {
    return undefined as T
  }
  const body = parseJson(text, description.api?.parse)
  if (!body) {
    throw malformedResponse(description, response)
  }
  return body as T
}

const withQuery = (
  address: string | URL,
  query: Readonly<Record<string, unknown>> = {}
): string => {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  const text = String(address)
  return pairs.length
    ? `${text}${text.includes("?") ? "&" : "?"}${new URLSearchParams(pairs)}`
    : text
}

/** A base address without the slash at its end; null where there is none. */
const baseOf = (
  { api }: ProviderDescription,
  { settings }: Pick<ProviderContext, "settings">
): string | null => {
  const base = api ? api.base_address(settings) : settings.base_url
  return typeof base === "string" && base ? base.replace(/\/+$/, "") : null
}

/** Anything with a scheme; all else is a path below the base address. */
const FULL_ADDRESS = /^[a-z][a-z0-9+.-]*:/i

const resolveAddress = (
  description: ProviderDescription,
  access: Pick<ProviderContext, "settings">,
  address: string | URL
): URL => {
  const text = String(address)
  const isFull = FULL_ADDRESS.test(text)
  const base = isFull ? "" : baseOf(description, access)
  if (base === null) {
    throw configError(
      "missing_base_address",
      `Where the API of ${serviceOf(description)} is, is not known. Enter its base URL in the platform's settings.`
    )
  }
  // Put together as text: a path that starts with two slashes names no host.
  const whole = `${base}${isFull || /^[/?]/.test(text) ? "" : "/"}${text}`
  if (!URL.canParse(whole)) {
    throw configError(
      "invalid_address",
      `The address for ${serviceOf(description)} is not valid. Check it in the platform's settings.`
    )
  }
  return new URL(whole)
}

/** @throws {ServiceError} where the platform's credentials do not belong, or could be read on their way */
const requireOwnOrigin = (
  description: ProviderDescription,
  access: Pick<ProviderContext, "settings">,
  url: URL,
  networks: AllowedNetworks
): void => {
  const service = serviceOf(description)
  const { settings } = access
  const origins = [
    baseOf(description, access),
    ...(description.api?.further_addresses?.(settings) ?? []),
  ].map((address) =>
    address && URL.canParse(address) ? new URL(address).origin : null
  )
  if (!origins.includes(url.origin)) {
    throw configError(
      "other_host",
      `Nothing was sent to "${url.host}": the credentials are for ${service} alone. Without them, another host can be asked with the option credentials: "omit".`
    )
  }
  // Whether requests may go to a private address at all is the guard's to say.
  const isReadable =
    url.protocol === "http:" &&
    !isPrivateAddress(url) &&
    !isAllowedHost(networks, hostOf(url))
  if (isReadable) {
    throw configError(
      "insecure_address",
      `Nothing was sent to "${url.host}": credentials go to addresses that start with https:// only.`
    )
  }
}

const configError = (code: string, message: string): ServiceError =>
  new ServiceError("config_error", message, { code })

/**
 * Takes the operation's own credentials out of a service's failures: some
 * repeat what they were sent, and what they say is stored, logged and shown.
 */
const withoutEcho =
  (fetch: ServiceFetch, redact: (text: string) => string): ServiceFetch =>
  async (url, init) => {
    const response = await fetch(url, init)
    if (response.ok) {
      return response
    }
    const { status, headers } = response
    const text = redact(await response.text())
    return new Response(text || null, { status, headers })
  }
