import { ServiceError } from "../../errors/service-error"
import type { MediaFile } from "../types"

/** How long the whole transfer of a media file may take, in ms. */
const TRANSFER_TIMEOUT_MS = 120_000

export interface MediaSource {
  url: string
  alt_text: string | null
  /** Content types that the service takes. */
  allowed_types: readonly string[]
  /** Largest file that the service takes, in bytes. */
  max_bytes: number
}

const rejected = (code: string, message: string): ServiceError =>
  new ServiceError("content_rejected", message, { code })

/**
 * Opens a media file as a stream. Type and size are checked before a byte goes
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
}: MediaSource): Promise<MediaFile> => {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(TRANSFER_TIMEOUT_MS),
  }).catch(() => {
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
    `The image at ${hostOf(url)} is larger than the ${max_bytes} bytes that the service takes.`
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
