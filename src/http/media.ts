import { ServiceError } from "../errors/service-error"
import { sizeInWords } from "../shared/bytes"
import { ADDRESS_NOT_ALLOWED } from "./guard/check-url"
import type { Lookup } from "./guard/connections"
import { type AllowedNetworks, environmentNetworks } from "./guard/networks"
import { guardedRequest, type GuardedRequest } from "./guard/request"

/** How long the whole transfer of a media file may take, in ms. */
const TRANSFER_TIMEOUT_MS = 120_000

/** How often a file's server may send us on; storages do so once or twice. */
const MAX_REDIRECTS = 5

const REDIRECTS = [301, 302, 303, 307, 308]

export interface MediaFile {
  content_type: string
  /** In bytes, where the source says it. */
  size: number | null
  stream: ReadableStream<Uint8Array>
  alt_text: string | null
}

export interface MediaSource {
  url: string
  alt_text: string | null
  /** Content types that the service takes. */
  allowed_types: readonly string[]
  /** Largest file that the service takes, in bytes. */
  max_bytes: number
  /**
   * Where requests may go besides the public internet.
   *
   * @default what the environment allows, see `environmentNetworks`
   */
  networks?: AllowedNetworks
  /** In place of the system's name resolution. */
  lookup?: Lookup
}

const rejected = (code: string, message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code })

/**
 * Opens a media file as a stream. Redirects are followed, each as carefully as
 * the first address: nothing but the public internet is asked, unless the
 * operator allows more, and no credentials are sent. Type and size are checked before a byte goes
 * to the service, and the size once more while it flows, because a server need
 * not tell the truth about it.
 *
 * @throws {ServiceError} `content_rejected` when it cannot be fetched or does
 * not fit; the stream fails in the same way when it turns out too large
 */
export const openMedia = async ({
  url,
  alt_text,
  allowed_types,
  max_bytes,
  networks,
  lookup,
}: MediaSource): Promise<MediaFile> => {
  const response = await follow(url, {
    networks: networks ?? environmentNetworks(),
    lookup,
    signal: AbortSignal.timeout(TRANSFER_TIMEOUT_MS),
  }).catch((error: unknown) => {
    if (error instanceof ServiceError) {
      // It says something about the post, not about the platform's settings.
      throw error.code === ADDRESS_NOT_ALLOWED
        ? rejected(error.code, `The image cannot be fetched. ${error.message}`)
        : error
    }
    throw rejected(
      "media_unreachable",
      `The image at ${hostOf(url)} cannot be reached. Check its address.`
    )
  })
  if (!response.ok || !response.body) {
    return refuse(
      response,
      rejected(
        "media_unreachable",
        `The image at ${hostOf(url)} cannot be fetched: its server answered ${response.status}.`
      )
    )
  }

  const contentType = (response.headers.get("content-type") ?? "")
    .split(";")[0]
    .trim()
    .toLowerCase()
  if (!allowed_types.includes(contentType)) {
    return refuse(
      response,
      rejected(
        "media_type",
        `The file at ${hostOf(url)} is ${contentType || "of an unknown type"}; the service takes ${allowed_types.join(", ")}.`
      )
    )
  }
  const declared = Number(response.headers.get("content-length")) || null
  if (declared && declared > max_bytes) {
    return refuse(response, tooLarge(url, max_bytes))
  }

  return {
    content_type: contentType,
    size: declared,
    stream: response.body.pipeThrough(limitBytes(url, max_bytes)),
    alt_text,
  }
}

/** Asks for a file, and for the places where its server sends us. */
const follow = async (
  url: string,
  options: GuardedRequest
): Promise<Response> => {
  let next = url
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await guardedRequest(next, {}, options)
    const location = response.headers.get("location")
    if (!REDIRECTS.includes(response.status) || !location) {
      return response
    }
    await response.body?.cancel()
    next = new URL(location, next).href
  }
  throw rejected(
    "media_unreachable",
    `The image at ${hostOf(url)} cannot be fetched: its server redirects without end.`
  )
}

/** Hangs up first: a body that nobody reads would keep its connection. */
const refuse = async (
  response: Response,
  error: ServiceError
): Promise<never> => {
  await response.body?.cancel().catch(() => undefined)
  throw error
}

const tooLarge = (url: string, max_bytes: number): ServiceError =>
  rejected(
    "media_too_large",
    `The image at ${hostOf(url)} is larger than the ${sizeInWords(max_bytes)} that the service takes.`
  )

const limitBytes = (
  url: string,
  max_bytes: number
): TransformStream<Uint8Array, Uint8Array> => {
  let seen = 0
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength
      if (seen > max_bytes) {
        controller.error(tooLarge(url, max_bytes))
        return
      }
      controller.enqueue(chunk)
    },
  })
}

/** The address may carry a signature in its query: messages name the host only. */
const hostOf = (url: string): string =>
  URL.canParse(url) ? new URL(url).host : "an invalid address"
