import { ServiceError } from "../errors/service-error"
import { retryAtFromHeaders } from "../errors/retry-after"
import { withSpan } from "../telemetry/spans"
import type { Lookup } from "./guard/connections"
import { type AllowedNetworks, environmentNetworks } from "./guard/networks"
import { guardedRequest } from "./guard/request"
import { mergeHeaders } from "./headers"

/** Time an outside service has to answer, in ms. */
export const DEFAULT_TIMEOUT_MS = 15_000

/** Largest answer that is read, in bytes. Larger ones are cut off and refused. */
export const MAX_RESPONSE_BYTES = 1_048_576

export interface ServiceFetchOptions {
  /** Name of the service for messages, for example "Sandbox". */
  service: string
  /** Time until the whole answer must be there, in ms. */
  timeoutMs: number
  /** Aborts the request early, for example when a lock is lost. */
  signal?: AbortSignal
  /**
   * Where requests may go besides the public internet.
   *
   * @default what the environment allows, see `environmentNetworks`
   */
  networks?: AllowedNetworks
  /** In place of the system's name resolution. */
  lookup?: Lookup
}

export type ServiceFetch = (
  url: string | URL,
  init?: RequestInit
) => Promise<Response>

/**
 * Makes the one `fetch` that talks to an outside service: to the public internet
 * only, unless the operator allows more, with a deadline over the whole answer, a
 * limit on its size and without following redirects, since a redirect would
 * carry the Authorization header to another place.
 *
 * @returns a `fetch` whose response is already read into memory
 * @throws {ServiceError} of class `transient` when no usable answer came;
 * `config_error`, code `address_not_allowed` or `invalid_header`, when the
 * request was not sent
 */
export const createServiceFetch = (
  options: ServiceFetchOptions
): ServiceFetch => {
  const ask = askWith(options)
  return (url, init = {}) =>
    withSpan("social_platforms.request", facts(url, init), () => ask(url, init))
}

const askWith =
  ({
    service,
    timeoutMs,
    signal,
    networks,
    lookup,
  }: ServiceFetchOptions): ServiceFetch =>
  async (url, init = {}) => {
    const headers = mergeHeaders(service, init.headers)
    const deadline = AbortSignal.timeout(timeoutMs)
    const signals = [deadline, signal, init.signal].filter(
      (s): s is AbortSignal => !!s
    )

    try {
      const response = await guardedRequest(
        url,
        { ...init, headers },
        {
          networks: networks ?? environmentNetworks(),
          lookup,
          signal: AbortSignal.any(signals),
        }
      )
      await refuseRedirect(service, response)
      return await readWhole(service, response)
    } catch (error) {
      // Also that of a body that was streamed into the request.
      if (error instanceof ServiceError) {
        throw error
      }
      if (deadline.aborted) {
        throw new ServiceError(
          "transient",
          `${service} did not answer within ${timeoutMs} ms.`,
          { code: "timeout", outcomeUnknown: true }
        )
      }
      const code = connectionCode(error)
      throw new ServiceError(
        "transient",
        `${service} could not be reached${reasonOf(code)}.`,
        {
          code,
          outcomeUnknown: !NEVER_CONNECTED.some((rule) => rule.test(code)),
        }
      )
    }
  }

/** What a request's span tells: of its address the host alone. */
const facts = (
  url: string | URL,
  { method = "GET" }: RequestInit
): Record<string, string> => ({
  "http.request.method": method.toUpperCase(),
  ...(URL.canParse(url) && { "server.address": new URL(url).hostname }),
})

const refuseRedirect = async (
  service: string,
  response: Response
): Promise<void> => {
  if (response.status < 300 || response.status > 399) {
    return
  }
  await response.body?.cancel()
  throw new ServiceError(
    "transient",
    `${service} answered with a redirect, which is not followed because it would carry credentials elsewhere. Check the configured address.`,
    { code: "unexpected_redirect", status: response.status }
  )
}

const readWhole = async (
  service: string,
  response: Response
): Promise<Response> => {
  const chunks: Uint8Array[] = []
  let size = 0

  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_RESPONSE_BYTES) {
      throw new ServiceError(
        "transient",
        `${service} answered with more than ${MAX_RESPONSE_BYTES} bytes.`,
        {
          code: "response_too_large",
          status: response.status,
          outcomeUnknown: true,
        }
      )
    }
    chunks.push(chunk)
  }

  const hasBody = ![204, 205, 304].includes(response.status)
  return new Response(hasBody ? Buffer.concat(chunks) : null, {
    status: response.status,
    headers: response.headers,
  })
}

/** undici's own words for what Node has codes for. */
const NODE_CODES: Record<string, string> = {
  UND_ERR_SOCKET: "ECONNRESET",
  UND_ERR_HEADERS_OVERFLOW: "HPE_HEADER_OVERFLOW",
}

/** The connection's error code (`ECONNREFUSED`, …), never its message, which may hold the URL. */
const connectionCode = (error: unknown): string => {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  if (name === "HTTPParserError") {
    return typeof code === "string" ? code : "HPE_INVALID_CONSTANT"
  }
  return typeof code === "string" && name !== "AbortError"
    ? (NODE_CODES[code] ?? code)
    : "connection_failed"
}

/**
 * Node's codes for certificates that do not hold, and for host names that lead
 * nowhere. `ERR_SSL_` are alerts of the service's: it may send one after it has
 * got the request.
 */
const CERTIFICATE_CODE = /^(?!ERR_SSL_).*CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH$/
const NAME_CODE = /^(?:ENOTFOUND|EAI_)/

/** Failures before there is a connection to send anything over. */
const NEVER_CONNECTED = [
  CERTIFICATE_CODE,
  NAME_CODE,
  /^(?:ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT)$/,
]

/** The code, with words before it where the address or the service's operator is to blame. */
const reasonOf = (code: string): string => {
  if (CERTIFICATE_CODE.test(code)) {
    return `, because its certificate is not valid (${code})`
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    return `, because nothing answers at its address (${code})`
  }
  return NAME_CODE.test(code)
    ? `, because its host name is not known (${code})`
    : ` (${code})`
}

/**
 * Reads a JSON answer.
 *
 * @throws {ServiceError} `transient` when it is not a JSON object or list: an
 * error page of a proxy says nothing about the request behind it
 */
export const readJson = async <T>(
  service: string,
  response: Response
): Promise<T> => {
  const text = await response.text()
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === "object") {
      return value as T
    }
  } catch {
    // Falls through to the one message below.
  }
  throw new ServiceError(
    "transient",
    `${service} answered ${response.status} with something that is not JSON.`,
    {
      code: "malformed_response",
      status: response.status,
      retryAt: retryAtFromHeaders(response.headers),
      outcomeUnknown: true,
    }
  )
}
