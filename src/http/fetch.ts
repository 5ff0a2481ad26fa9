import { ServiceError } from "../errors/service-error"
import { retryAtFromHeaders } from "../errors/retry-after"
import { withSpan } from "../telemetry/spans"
import { startClock } from "./clock"
import type { Lookup } from "./guard/connections"
import { type AllowedNetworks, environmentNetworks } from "./guard/networks"
import { guardedRequest } from "./guard/request"
import { mergeHeaders } from "./headers"

/** Time an outside service has to answer, in ms. */
export const DEFAULT_TIMEOUT_MS = 15_000

/** Largest response that is read, in bytes. Larger ones are cut off and refused. */
export const MAX_RESPONSE_BYTES = 1_048_576

export interface ServiceFetchOptions {
  /** Name of the service for messages, for example "Sandbox". */
  service: string
  /**
   * Time until the whole response must be there, in ms. While a stream is sent, it
   * is the time that may pass without a byte, and begins anew when all is sent.
   */
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

export interface ServiceRequestInit extends RequestInit {
  /**
   * Statuses from 300 to 399 that are answers of this service and no redirects,
   * as 308 is to a part of a resumable upload.
   */
  accept_status?: readonly number[]
  /** In place of the client's time, in ms. */
  timeout_ms?: number
}

export type ServiceFetch = (
  url: string | URL,
  init?: ServiceRequestInit
) => Promise<Response>

/**
 * Makes the one `fetch` that talks to an outside service: to the public internet
 * only, unless the operator allows more, with a deadline over the whole response, a
 * limit on its size and without following redirects, since a redirect would
 * carry the Authorization header to another place. A stream in the request has
 * the deadline's time for each of its chunks.
 *
 * @returns a `fetch` whose response is already read into memory
 * @throws {ServiceError} of class `transient` when no usable response came;
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
  async (url, { accept_status = [], timeout_ms, ...init } = {}) => {
    const headers = mergeHeaders(service, init.headers)
    const clock = startClock(timeout_ms ?? timeoutMs)
    const signals = [clock.signal, signal, init.signal].filter(
      (s): s is AbortSignal => !!s
    )
    const body =
      init.body instanceof ReadableStream ? clock.during(init.body) : init.body

    try {
      const response = await guardedRequest(
        url,
        { ...init, headers, body },
        {
          networks: networks ?? environmentNetworks(),
          lookup,
          signal: AbortSignal.any(signals),
        }
      )
      if (!accept_status.includes(response.status)) {
        await refuseRedirect(service, response)
      }
      return await readWhole(service, response)
    } catch (error) {
      // Also that of a body that was streamed into the request.
      if (error instanceof ServiceError) {
        throw error
      }
      const late = clock.late()
      if (late) {
        throw new ServiceError("transient", LATE[late](service, clock.ms), {
          code: late === "source" ? "source_timeout" : "timeout",
          // Without its end the service has no request to carry out.
          outcomeUnknown: late !== "source",
        })
      }
      if (signals.some(isTimeUp)) {
        throw new ServiceError(
          "transient",
          `${service} did not answer in time.`,
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
    } finally {
      clock.stop()
    }
  }

/** Whether a signal of `AbortSignal.timeout` has ended what it is for. */
const isTimeUp = ({ reason }: AbortSignal): boolean =>
  (reason as Error | undefined)?.name === "TimeoutError"

/** Who let the time pass: the service, before or after it had the request, or what is sent to it. */
const LATE: Record<
  NonNullable<ReturnType<ReturnType<typeof startClock>["late"]>>,
  (service: string, ms: number) => string
> = {
  answer: (service, ms) => `${service} did not answer within ${ms} ms.`,
  service: (service, ms) =>
    `${service} took no more of the file that is sent to it for ${ms} ms.`,
  source: (service, ms) =>
    `Nothing more of the file that is sent to ${service} could be read for ${ms} ms.`,
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
 * Reads a JSON response.
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
