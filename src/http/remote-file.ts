import { ServiceError } from "../errors/service-error"
import { ADDRESS_NOT_ALLOWED } from "./guard/check-url"
import type { Lookup } from "./guard/connections"
import { type AllowedNetworks, environmentNetworks } from "./guard/networks"
import { guardedRequest, type GuardedRequest } from "./guard/request"

/** How long a file's server may let us wait for the next bytes, in ms. */
const IDLE_MS = 30_000

/** How often a file's server may send us on; storages do so once or twice. */
const MAX_REDIRECTS = 5

const REDIRECTS = [301, 302, 303, 307, 308]

export interface RemoteFileOptions {
  /** First and last byte, both included. */
  range?: readonly [start: number, end: number]
  /**
   * Where requests may go besides the public internet.
   *
   * @default what the environment allows, see `environmentNetworks`
   */
  networks?: AllowedNetworks
  /** In place of the system's name resolution. */
  lookup?: Lookup
}

/** A file that a post cannot have, for a reason that stays. */
export const rejectedMedia = (code: string, message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code })

/** The address may carry a signature in its query: messages name the host only. */
export const fileHost = (url: string): string =>
  URL.canParse(url) ? new URL(url).host : "an invalid address"

/**
 * Asks for a file, or a range of it, as it is stored and not compressed.
 * Redirects are followed, each as carefully as the first address: nothing but
 * the public internet is asked, unless the operator allows more, and no
 * credentials are sent.
 *
 * @returns the answer, whose body may take as long as its reader likes; it fails
 * when the server sends nothing for half a minute
 * @throws {ServiceError} `content_rejected` when the address leads nowhere
 */
export const requestFile = async (
  url: string,
  { range, networks = environmentNetworks(), lookup }: RemoteFileOptions = {}
): Promise<Response> => {
  const patience = new AbortController()
  const headers = {
    "accept-encoding": "identity",
    ...(range && { range: `bytes=${range[0]}-${range[1]}` }),
  }
  const options = { networks, lookup, signal: patience.signal }
  try {
    const response = await inTime(patience, follow(url, { headers }, options))
    if (!response.ok || !response.body) {
      await response.body?.cancel().catch(() => undefined)
      throw rejectedMedia(
        "media_unreachable",
        `The file at ${fileHost(url)} cannot be fetched: its server answered ${response.status}.`
      )
    }
    return new Response(patiently(url, response.body, patience), {
      status: response.status,
      headers: response.headers,
    })
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      throw rejectedMedia(
        "media_unreachable",
        `The file at ${fileHost(url)} cannot be reached. Check its address.`
      )
    }
    // It says something about the post, not about a platform's settings.
    throw error.code === ADDRESS_NOT_ALLOWED
      ? rejectedMedia(
          error.code,
          `The file cannot be fetched. ${error.message}`
        )
      : error
  }
}

const inTime = async <T>(
  patience: AbortController,
  work: Promise<T>
): Promise<T> => {
  const timer = setTimeout(() => patience.abort(), IDLE_MS)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for the server only while somebody wants to read. */
const patiently = (
  url: string,
  body: ReadableStream<Uint8Array>,
  patience: AbortController
): ReadableStream<Uint8Array> => {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await inTime(patience, reader.read())
          if (done) {
            controller.close()
          } else {
            controller.enqueue(value)
          }
        } catch {
          controller.error(
            new ServiceError(
              "transient",
              `The file at ${fileHost(url)} stopped arriving before its end.`,
              { code: "media_interrupted" }
            )
          )
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 }
  )
}

const follow = async (
  url: string,
  init: RequestInit,
  options: GuardedRequest
): Promise<Response> => {
  let next = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await guardedRequest(next, init, options)
    const location = response.headers.get("location")
    if (!REDIRECTS.includes(response.status) || !location) {
      return response
    }
    await response.body?.cancel()
    next = new URL(location, next).href
  }
  throw rejectedMedia(
    "media_unreachable",
    `The file at ${fileHost(url)} cannot be fetched: its server redirects without end.`
  )
}
