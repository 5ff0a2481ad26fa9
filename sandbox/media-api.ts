import {
  ApiError,
  jsonReply,
  MAX_BODY_BYTES,
  readJsonObject,
  type Reply,
  type SandboxRequest,
} from "./http"
import type { Settings } from "./settings"
import type { ContentStore, StoredMedia } from "./store"

export type MediaApi = {
  store: ContentStore
  settings: Settings
}

const MEDIA_TYPES = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "video/mp4",
  "video/quicktime",
  "video/webm",
]
const FETCH_TIMEOUT_MS = 10_000

/** Largest file that comes in pieces, in bytes. */
const MAX_UPLOAD_BYTES = 2 * 1024 ** 3

const isVideo = ({ content_type }: Pick<StoredMedia, "content_type">) =>
  content_type.startsWith("video/")

/** How far the network has come with a file, in per cent. */
export function progressOf(
  { settings }: Pick<MediaApi, "settings">,
  media: StoredMedia
): number {
  if (media.received !== undefined) {
    return 0
  }
  if (!isVideo(media) || !media.added_at) {
    return 100
  }
  const passed = Date.now() - Date.parse(media.added_at)
  return Math.min(
    100,
    Math.floor((passed * 100) / settings.video_processing_ms)
  )
}

function mediaView(api: MediaApi, media: StoredMedia) {
  const progress = progressOf(api, media)
  const { id, content_type, bytes, received } = media
  const status = progress < 100 ? "processing" : "ready"
  return {
    ...{ id, content_type, bytes, progress },
    status: received === undefined ? status : "uploading",
    offset: received ?? bytes,
  }
}

function requireType(header: string): string {
  const contentType = header.split(";")[0].trim().toLowerCase()
  if (!MEDIA_TYPES.includes(contentType)) {
    throw new ApiError(
      415,
      "unsupported_media_type",
      `Send one of ${MEDIA_TYPES.join(", ")}.`
    )
  }
  return contentType
}

/** Fetches a file from the application's address, as some networks do. */
async function fetchFile(
  address: unknown
): Promise<{ contentType: string; content: Buffer }> {
  const unreachable = new ApiError(
    422,
    "media_unreachable",
    "The file at media_url could not be fetched."
  )
  if (typeof address !== "string" || !/^https?:/.test(address)) {
    throw new ApiError(400, "invalid_request", "media_url is not an address.")
  }
  const response = await fetch(address, {
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  }).catch(() => {
    throw unreachable
  })
  if (!response.ok) {
    throw unreachable
  }
  return {
    contentType: response.headers.get("content-type") ?? "",
    content: Buffer.from(await response.arrayBuffer()),
  }
}

/** Begins a file that comes in pieces: `{ content_type, bytes }`. */
function beginUpload(
  api: MediaApi,
  { content_type, bytes }: Record<string, unknown>
): Reply {
  if (
    typeof bytes !== "number" ||
    !Number.isInteger(bytes) ||
    bytes < 1 ||
    bytes > MAX_UPLOAD_BYTES
  ) {
    throw new ApiError(
      422,
      "invalid_upload",
      `bytes must be a whole number from 1 to ${MAX_UPLOAD_BYTES}.`
    )
  }
  const contentType = requireType(String(content_type))
  return jsonReply(
    201,
    mediaView(api, api.store.beginMedia(contentType, bytes))
  )
}

/**
 * Takes the next piece of a file. What is there already is not taken again:
 * `offset` of the file says where to go on.
 *
 * @throws ApiError for every refusal
 */
export async function addPiece(
  api: MediaApi,
  request: SandboxRequest,
  id: string
): Promise<Reply> {
  const piece = await request.readBody()
  const media = requireMedia(api, id)
  if (Number(request.header("upload-offset")) !== media.received) {
    throw new ApiError(
      409,
      "wrong_offset",
      `Go on at ${media.received ?? media.bytes}.`
    )
  }
  if (!piece?.length || media.received + piece.length > media.bytes) {
    throw new ApiError(
      413,
      "piece_too_large",
      "A piece has at most 5 MB, and ends with the file."
    )
  }
  api.store.appendMedia(id, piece)
  return jsonReply(200, mediaView(api, media))
}

/**
 * Takes a file, as the body or from the address `{ media_url }`, or begins one
 * that comes in pieces. An image is ready at once (201), a video is processed
 * first (202).
 *
 * @throws ApiError for every refusal
 */
export async function addMedia(
  api: MediaApi,
  request: SandboxRequest
): Promise<Reply> {
  const header = request.header("content-type") ?? ""
  const asked = /^application\/json\b/i.test(header)
    ? await readJsonObject(request)
    : null
  if (asked && "bytes" in asked) {
    return beginUpload(api, asked)
  }
  const file = asked
    ? await fetchFile(asked.media_url)
    : { contentType: header, content: null }
  const contentType = requireType(file.contentType)
  const content = file.content ?? (await request.readBody())
  if (!content || content.length > MAX_BODY_BYTES) {
    throw new ApiError(413, "media_too_large", "A file has at most 5 MB.")
  }
  if (!content.length) {
    throw new ApiError(422, "empty_media", "The body is empty.")
  }
  const media = api.store.addMedia(contentType, content)
  return jsonReply(isVideo(media) ? 202 : 201, mediaView(api, media))
}

function requireMedia(api: MediaApi, id: string): StoredMedia {
  const media = api.store.findMedia(id)
  if (!media) {
    throw new ApiError(404, "media_not_found", "There is no such file.")
  }
  return media
}

/** How far the network has come with a file: `uploading`, `processing` or `ready`. */
export function getMedia(api: MediaApi, id: string): Reply {
  return jsonReply(200, mediaView(api, requireMedia(api, id)))
}
