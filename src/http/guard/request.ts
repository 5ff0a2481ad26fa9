import http, { type IncomingMessage } from "node:http"
import https from "node:https"
import { pipeline, Readable } from "node:stream"
import zlib from "node:zlib"
import { ServiceError } from "../../errors/service-error"
import { checkUrl } from "./check-url"
import { type ConnectionPool, connectionsTo, type Lookup } from "./connections"
import type { AllowedNetworks } from "./networks"

export interface GuardedRequest {
  /** Where requests may go besides the public internet. */
  networks: AllowedNetworks
  /** In place of the system's name resolution. */
  lookup?: Lookup
  signal: AbortSignal
}

/** What `fetch` would send too; some services refuse requests without a user agent. */
const DEFAULT_HEADERS = {
  accept: "*/*",
  "accept-encoding": "gzip, deflate, br",
  "user-agent": "medusa-plugin-social-platforms",
}

/** Statuses whose answer has no body (Fetch standard). */
const WITHOUT_BODY = [204, 205, 304]

/**
 * Sends one request without following redirects, over a connection that cannot
 * lead to a forbidden address. It stands in for `fetch`, which offers no hook
 * between the resolution of a name and the connection.
 *
 * @param init - as for `fetch`; `redirect` and `signal` have no effect
 * @returns the answer as soon as its headers are there, its body as a stream
 * @throws {ServiceError} `config_error`, code `address_not_allowed`
 * @throws {ServiceError} `transient` when the connection ended without an answer
 * @throws the connection's own error, with a `code`
 */
export const guardedRequest = async (
  address: string | URL,
  init: RequestInit,
  { networks, lookup, signal }: GuardedRequest
): Promise<Response> => {
  const url = checkUrl(address, networks)
  const request = new Request(url, { ...init, signal: null })
  const streamed = init.body instanceof ReadableStream ? request.body : null
  const body =
    request.body && !streamed ? Buffer.from(await request.arrayBuffer()) : null
  const headers: Record<string, string> = {
    ...DEFAULT_HEADERS,
    ...Object.fromEntries(request.headers),
  }
  if (
    body ||
    (!streamed && ["POST", "PUT", "PATCH"].includes(request.method))
  ) {
    headers["content-length"] = String(body?.byteLength ?? 0)
  }

  const { kept, fresh } = connectionsTo(networks, lookup)
  const prepared = {
    url,
    method: request.method,
    headers,
    body,
    streamed,
    signal,
  }
  if (!REPEATABLE.includes(request.method)) {
    return send(prepared, fresh)
  }
  try {
    return await send(prepared, kept)
  } catch (error) {
    if (!(error instanceof StaleConnectionError)) {
      throw error
    }
    return send(prepared, fresh)
  }
}

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const REPEATABLE = ["GET", "HEAD"]

/** The service had closed a kept connection before the request reached it. */
class StaleConnectionError extends Error {}

interface PreparedRequest {
  url: URL
  method: string
  headers: Record<string, string>
  body: Buffer | null
  streamed: ReadableStream<Uint8Array> | null
  signal: AbortSignal
}

const send = (
  { url, method, headers, body, streamed, signal }: PreparedRequest,
  pool: ConnectionPool
): Promise<Response> => {
  const isSecure = url.protocol === "https:"

  return new Promise<Response>((resolve, reject) => {
    const outgoing = (isSecure ? https : http).request(url, {
      method,
      headers,
      agent: isSecure ? pool.https : pool.http,
      signal,
    })
    // Stays for good: a connection may break after the answer's headers came.
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        outgoing.reusedSocket &&
          ["ECONNRESET", "EPIPE"].includes(error.code ?? "")
          ? new StaleConnectionError()
          : error
      )
    )
    // Comes without an error after an answer that switches protocols, for one.
    outgoing.on("close", () =>
      reject(
        new ServiceError(
          "transient",
          `${url.host} closed the connection without an answer.`,
          { code: "connection_failed", outcomeUnknown: true }
        )
      )
    )
    outgoing.on("response", (incoming) => {
      try {
        resolve(toResponse(incoming, method))
      } catch (error) {
        incoming.destroy()
        reject(error)
      }
    })
    if (!streamed) {
      outgoing.end(body)
      return
    }
    pipeline(Readable.from(streamed), outgoing, (error) => {
      // The source's own failure tells more than the broken connection after it.
      if (error) {
        reject(error)
      }
    })
  })
}

const toResponse = (incoming: IncomingMessage, method: string): Response => {
  const status = incoming.statusCode ?? 0
  const headers = new Headers()
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1])
  }
  if (WITHOUT_BODY.includes(status) || method === "HEAD") {
    incoming.on("error", () => undefined)
    incoming.resume()
    return new Response(null, { status, headers })
  }

  const decoder = decoderFor(headers.get("content-encoding"))
  if (decoder) {
    // They describe what was sent, not what is read from this response.
    headers.delete("content-encoding")
    headers.delete("content-length")
  }
  const body: Readable = decoder
    ? pipeline(incoming, decoder, () => undefined)
    : incoming
  return new Response(toWebStream(body), { status, headers })
}

const decoderFor = (encoding: string | null) => {
  // A body that ends early is an error of the connection, not of the encoding.
  const flush = { finishFlush: zlib.constants.Z_SYNC_FLUSH }
  switch (encoding?.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip(flush)
    case "deflate":
      return zlib.createInflate(flush)
    case "br":
      return zlib.createBrotliDecompress()
    default:
      return null
  }
}

/** Reads only what is asked for, and hangs up when the reader has had enough. */
const toWebStream = (body: Readable): ReadableStream<Uint8Array> => {
  // A failure that comes while nobody reads is found by the next reader.
  body.on("error", () => undefined)
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>

  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next()
        if (done) {
          controller.close()
          return
        }
        controller.enqueue(value)
      },
      cancel: () => {
        body.destroy()
      },
    },
    { highWaterMark: 0 }
  )
}
