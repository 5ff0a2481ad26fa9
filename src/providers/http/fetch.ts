import { ServiceError } from "../../errors/service-error"
import { retryAtFromHeaders } from "../../errors/retry-after"

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
}

export type ServiceFetch = (
  url: string | URL,
  init?: RequestInit
) => Promise<Response>

/**
 * Makes the one `fetch` that talks to an outside service: with a deadline over
 * the whole answer, a limit on its size and without following redirects, since
 * a redirect would carry the Authorization header to another place.
 *
 * @returns a `fetch` whose response is already read into memory
 * @throws {ServiceError} of class `transient` when no usable answer came
 */
export const createServiceFetch =
  ({ service, timeoutMs, signal }: ServiceFetchOptions): ServiceFetch =>
  async (url, init) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    const signals = [deadline, signal, init?.signal].filter(
      (s): s is AbortSignal => !!s
    )

    try {
      const response = await fetch(url, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.any(signals),
      })
      refuseRedirect(service, response)
      return await readWhole(service, response)
    } catch (error) {
      const failure = serviceErrorBehind(error)
      if (failure) {
        throw failure
      }
      throw new ServiceError(
        "transient",
        deadline.aborted
          ? `${service} did not answer within ${timeoutMs} ms.`
          : `${service} could not be reached (${connectionCode(error)}).`,
        {
          code: deadline.aborted ? "timeout" : connectionCode(error),
          outcomeUnknown: true,
        }
      )
    }
  }

/** A body that was streamed into the request may have failed first; fetch wraps its error. */
const serviceErrorBehind = (error: unknown): ServiceError | undefined =>
  [error, (error as { cause?: unknown } | undefined)?.cause].find(
    (candidate): candidate is ServiceError => candidate instanceof ServiceError
  )

const refuseRedirect = (service: string, response: Response): void => {
  if (response.status < 300 || response.status > 399) {
    return
  }
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
    statusText: response.statusText,
    headers: response.headers,
  })
}

/** The connection's error code (`ECONNREFUSED`, …), never its message, which may hold the URL. */
const connectionCode = (error: unknown): string => {
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause
  return typeof cause?.code === "string" ? cause.code : "connection_failed"
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
