import type { SizedStream } from "../http/body"
import type { MediaFacts } from "../shared/post-rules/draft"

/** What a rendition must be; the original is used where it is that already. */
export interface MediaPreset {
  format: "jpeg" | "png" | "webp"
  max_bytes?: number
  /** In pixels. */
  max_width?: number
  /** In pixels. */
  max_height?: number
  /** Width divided by height, and how an image is brought there. */
  ratio?: {
    min?: number
    max?: number
    fit: "pad" | "crop"
    /** Of what is padded and of what was transparent. @default "#ffffff" */
    background?: string
  }
  /**
   * Whether an original that tells more than its picture, such as where it was
   * taken, is made anew without that. Renditions never tell it.
   */
  strip_metadata?: boolean
}

/** One file of a post, as a provider's operations get it. */
export interface Media extends MediaFacts {
  content_type: string
  bytes: number
  /** In hex; null where the whole file was never read. */
  sha256: string | null
  /** What its server calls this version of the file. */
  etag: string | null
  /** A video's cover: another file, or a moment of the video, in ms. */
  poster: { media_id: string } | { at_ms: number } | null
  /**
   * The whole file, with its exact size; each call reads it anew.
   *
   * @throws {ServiceError} `content_rejected`, code `media_changed`, when it is
   * no longer the file that was attached; the stream fails in the same way,
   * before its last bytes
   */
  open: () => Promise<SizedStream>
  /**
   * Just these bytes, for uploads in parts.
   *
   * @param start - the first byte, from 0
   * @param end - the last byte, included
   * @throws {ServiceError} as {@link Media.open}
   */
  range: (start: number, end: number) => Promise<SizedStream>
  /**
   * An address at which the service can fetch the file without credentials.
   *
   * @param ttlSeconds - how long it leads to the file
   * @throws {ServiceError} `config_error`, code `no_public_address`
   */
  publicUrl: (ttlSeconds: number) => Promise<string>
  /**
   * The file as a preset wants it: itself where it fits, or else a rendition,
   * which is made once and kept. Videos, documents and moving GIFs stay as they are.
   *
   * @throws {ServiceError} `content_rejected` when it cannot be made to fit
   */
  as: (preset: MediaPreset) => Promise<Media>
}
