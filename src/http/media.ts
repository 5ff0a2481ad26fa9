import type { ServiceError } from "../errors/service-error"
import { sizeInWords } from "../shared/bytes"
import {
  fileHost,
  rejectedMedia,
  requestFile,
  type RemoteFileOptions,
} from "./remote-file"

export interface MediaFile {
  content_type: string
  /** In bytes, where the source says it. */
  size: number | null
  stream: ReadableStream<Uint8Array>
  alt_text: string | null
}

export interface MediaSource extends Omit<RemoteFileOptions, "range"> {
  url: string
  alt_text: string | null
  /** Content types that the service takes. */
  allowed_types: readonly string[]
  /** Largest file that the service takes, in bytes. */
  max_bytes: number
}

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
  networks,
  lookup,
}: MediaSource): Promise<MediaFile> => {
  const response = await requestFile(url, { networks, lookup })
  const contentType = typeOf(response)
  if (!allowed_types.includes(contentType)) {
    return refuse(
      response,
      rejectedMedia(
        "media_type",
        `The file at ${fileHost(url)} is ${contentType || "of an unknown type"}; the service takes ${allowed_types.join(", ")}.`
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
    stream: response.body!.pipeThrough(limitBytes(url, max_bytes)),
    alt_text,
  }
}

/** What a server says that a file is, without parameters; empty where it does not. */
export const typeOf = ({ headers }: Response): string =>
  (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase()

/** Hangs up first: a body that nobody reads would keep its connection. */
const refuse = async (
  response: Response,
  error: ServiceError
): Promise<never> => {
  await response.body?.cancel().catch(() => undefined)
  throw error
}

const tooLarge = (url: string, max_bytes: number): ServiceError =>
  rejectedMedia(
    "media_too_large",
    `The file at ${fileHost(url)} is larger than the ${sizeInWords(max_bytes)} that the service takes.`
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
