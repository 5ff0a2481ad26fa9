import { context, createContextKey } from "@opentelemetry/api"
import { fetch, type Agent } from "undici"
import { mergeHeaders } from "../headers"
import { checkUrl } from "./check-url"
import { connectionsTo, type Lookup } from "./connections"
import type { AllowedNetworks } from "./networks"

export interface GuardedRequest {
  /** Where requests may go besides the public internet. */
  networks: AllowedNetworks
  /** In place of the system's name resolution. */
  lookup?: Lookup
  signal: AbortSignal
}

/** Some services refuse requests without a user agent. */
const DEFAULT_HEADERS = { "user-agent": "medusa-plugin-social-platforms" }

/** Statuses whose response has no body (Fetch standard). */
const WITHOUT_BODY = [101, 204, 205, 304]

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const REPEATABLE = ["GET", "HEAD"]

/** How it shows that a service had closed a kept connection before the request reached it. */
const CLOSED_CODES = ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]

/** Of OpenTelemetry's SDK, which is no dependency: `suppressTracing` of its core sets it. */
const SUPPRESS_TRACING = createContextKey(
  "OpenTelemetry SDK Context Key SUPPRESS_TRACING"
)

/**
 * Sends one request without following redirects, over a connection that cannot
 * lead to a forbidden address: the name's addresses are checked in the very
 * look-up that the socket connects with.
 *
 * The application's instrumentation of HTTP makes no span of it: a span has the
 * whole address, and in that some services want codes and keys.
 *
 * @param init - as for `fetch`; `redirect` and `signal` have no effect
 * @returns the response as soon as its headers are there, its body as a stream
 * @throws {ServiceError} `config_error`, code `address_not_allowed` or
 * `invalid_header`
 * @throws the connection's own error, with a `code`
 */
export const guardedRequest = async (
  address: string | URL,
  init: RequestInit,
  { networks, lookup, signal }: GuardedRequest
): Promise<Response> => {
  const url = checkUrl(address, networks)
  const headers = mergeHeaders(url.host, DEFAULT_HEADERS, init.headers)
  // Reads every kind of body, forms included, and names its type.
  const request = new Request(url, { ...init, headers, signal: null })
  const body =
    init.body instanceof ReadableStream
      ? init.body
      : request.body && Buffer.from(await request.arrayBuffer())
  const { kept, fresh } = connectionsTo(networks, lookup)
  const send = sender(request, body, signal)
  if (!REPEATABLE.includes(request.method)) {
    return send(fresh)
  }
  return send(kept).catch((error: unknown) => {
    const { code } = Object(error) as { code?: unknown }
    if (CLOSED_CODES.includes(String(code))) {
      return send(fresh)
    }
    throw error
  })
}

const sender =
  (
    { url, method, headers }: Request,
    body: Buffer | ReadableStream<Uint8Array> | null,
    signal: AbortSignal
  ) =>
  async (dispatcher: Agent): Promise<Response> => {
    let sourceFailure: unknown
    const isStream = body instanceof ReadableStream
    try {
      const response = await context.with(
        context.active().setValue(SUPPRESS_TRACING, true),
        () =>
          fetch(url, {
            method,
            headers: Object.fromEntries(headers),
            body: isStream
              ? noting(body, signal, (error) => (sourceFailure = error))
              : body,
            ...(isStream && { duplex: "half" }),
            redirect: "manual",
            signal,
            dispatcher,
          })
      )
      return toResponse(response, method)
    } catch (error) {
      // The source's own failure tells more than the broken connection after it.
      throw sourceFailure ?? causeOf(error)
    }
  }

/** `fetch` hides what went wrong with a connection in a TypeError. */
const causeOf = (error: unknown): unknown =>
  error instanceof TypeError && error.cause ? error.cause : error

/**
 * A body's chunks until the request ends: undici would go on reading a stream
 * that nobody takes any more, without a pause for anything else.
 */
const noting = async function* (
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  note: (error: unknown) => void
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  signal.addEventListener("abort", cancel, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) {
        return
      }
      yield value
    }
  } catch (error) {
    note(error)
    throw error
  } finally {
    signal.removeEventListener("abort", cancel)
    cancel()
  }
}

/** The answer in the platform's own class, which the rest of the application knows. */
const toResponse = (
  { status, headers: received, body }: Awaited<ReturnType<typeof fetch>>,
  method: string
): Response => {
  const headers = new Headers([...received])
  if (headers.has("content-encoding")) {
    // They describe what was sent, not what is read from this response.
    headers.delete("content-encoding")
    headers.delete("content-length")
  }
  const hasBody = !WITHOUT_BODY.includes(status) && method !== "HEAD"
  return new Response(hasBody ? withCauses(body as never) : null, {
    status,
    headers,
  })
}

/** Reads only what is asked for, and fails as the connection did. */
const withCauses = (
  body: ReadableStream<Uint8Array> | null
): ReadableStream<Uint8Array> | null => {
  if (!body) {
    return null
  }
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
          } else {
            controller.enqueue(value)
          }
        } catch (error) {
          controller.error(causeOf(error))
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 }
  )
}
