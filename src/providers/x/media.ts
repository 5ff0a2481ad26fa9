import { createHash } from "node:crypto"
import { isServiceError, ServiceError } from "../../errors/service-error"
import { multipart } from "../../http/body"
import type {
  Json,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
} from "../publication"
import type { ProviderContext } from "../types"
import { MAX_IMAGE_BYTES } from "./limits"
import { malformedResponse } from "./posts"
import type { XSettings } from "./settings"

/** X takes pieces of up to 5 MB; in bytes. */
const PIECE_BYTES = 4 * 1024 * 1024

/** How long X may take for a piece without a byte, in ms. */
const PIECE_TIMEOUT_MS = 120_000

/** Longest time that X may process a file, in ms. */
const PROCESSING_MS = 30 * 60_000

/** A file that X clears away this soon is sent anew, in ms. */
const MARGIN_MS = 10 * 60_000

/** Where X does not say how long it keeps a file, in s (its guide's example). */
const USUAL_LIFE_SECONDS = 86_400

/** A file at X, which is in no post yet. */
interface Upload {
  readonly [name: string]: Json
  id: string
  media_key: string | null
  bytes: number
  /** The pieces that X has. */
  pieces: number
  /** When X had all of it, in ms since the epoch. */
  sent_at: number | null
  /** Whether X has processed it. */
  is_ready: boolean
  is_described: boolean
  /** When X clears it away, in ms since the epoch. */
  expires_at: number
}

/** What X says of a file. */
interface RemoteMedia {
  id?: string
  media_key?: string
  expires_after_secs?: number
  processing_info?: {
    state?: string
    check_after_secs?: number
    progress_percent?: number
    error?: { message?: string }
  }
}

/** A file that can stand in a post. */
export interface ReadyFile {
  id: string
  media_key: string | null
}

const CATEGORIES: Record<Media["kind"], string> = {
  image: "tweet_image",
  gif: "tweet_gif",
  video: "tweet_video",
  document: "tweet_image",
}

/** What is said of a file beside its bytes, as X names it. */
interface Metadata {
  readonly [name: string]: Json
}

const metadataOf = (
  { alt_text }: Media,
  { sensitive_media }: XSettings
): Metadata => ({
  ...(alt_text && { alt_text: { text: alt_text } }),
  ...(sensitive_media && {
    sensitive_media_warning: { [sensitive_media]: true },
  }),
})

/** Another file, alternative text or warning is another upload. */
const nameOf = (
  { index }: PublicationPart,
  { id }: Media,
  metadata: Metadata
): string =>
  `media ${index} ${createHash("sha256")
    .update(JSON.stringify([id, metadata]))
    .digest("base64url")}`

/** The picture that X shows of a part's video. */
export const coverOf = ({ media: [file] }: PublicationPart): Media | null =>
  file?.kind === "video" && file.poster && "media" in file.poster
    ? file.poster.media
    : null

/** Forgets what was sent of a part's files: the next attempt sends them anew. */
export const forgetFiles = async (
  job: PublishJob,
  part: PublicationPart,
  settings: XSettings
): Promise<void> => {
  for (const file of [...part.media, coverOf(part)]) {
    if (file) {
      await job.forget(nameOf(part, file, metadataOf(file, settings)))
    }
  }
}

const expiryOf = ({ expires_after_secs }: RemoteMedia): number =>
  Date.now() + (expires_after_secs ?? USUAL_LIFE_SECONDS) * 1000

/**
 * Sends a file in pieces, and goes on with the piece that an earlier attempt
 * has got to. Nobody sees it before it stands in a post.
 *
 * @returns the file once X has processed it; how far it has come before
 */
export const sendFile = async (
  context: ProviderContext,
  job: PublishJob,
  part: PublicationPart,
  original: Media,
  settings: XSettings
): Promise<ReadyFile | (Progress & { state: "wait" })> => {
  const metadata = metadataOf(original, settings)
  const name = nameOf(part, original, metadata)
  const kept = job.kept<Upload>(name)
  const isKept = !!kept && kept.expires_at - MARGIN_MS > Date.now()
  const isSent = isKept && kept.sent_at !== null
  // What X has is not made anew.
  const file = isSent ? original : await fitting(original)
  const isUsable = isSent || (isKept && kept.bytes === file.bytes)
  const begun = isUsable ? kept : await begin(context, file)
  const keep = async (upload: Upload): Promise<Upload> => {
    await job.save(name, upload, {
      why: "The file is sent to X",
      done: Math.min(upload.pieces * PIECE_BYTES, upload.bytes),
      of: upload.bytes,
    })
    return upload
  }
  try {
    const sent = await sendPieces(context, file, begun, keep)
    const processed = await readProcessing(context, sent, keep)
    return "state" in processed
      ? processed
      : await describe(context, metadata, processed, keep)
  } catch (error) {
    throw await withoutUpload(job, name, isUsable, error)
  }
}

const fitting = async (file: Media): Promise<Media> =>
  file.kind === "image" ? file.as({ max_bytes: MAX_IMAGE_BYTES }) : file

const begin = async (
  { request }: ProviderContext,
  file: Media
): Promise<Upload> => {
  const { data } = await request<{ data?: RemoteMedia }>(
    "/2/media/upload/initialize",
    {
      method: "POST",
      json: {
        media_type: file.content_type,
        media_category: CATEGORIES[file.kind],
        total_bytes: file.bytes,
      },
    }
  )
  if (!data?.id) {
    throw malformedResponse("the id of the file")
  }
  return {
    id: data.id,
    media_key: data.media_key ?? null,
    bytes: file.bytes,
    pieces: 0,
    sent_at: null,
    is_ready: false,
    is_described: false,
    expires_at: expiryOf(data),
  }
}

type Keep = (upload: Upload) => Promise<Upload>

/** Sends what X lacks; a piece that is sent twice takes the same place. */
const sendPieces = async (
  { request }: ProviderContext,
  file: Media,
  begun: Upload,
  keep: Keep
): Promise<Upload> => {
  let upload = begun
  while (upload.pieces * PIECE_BYTES < upload.bytes) {
    const start = upload.pieces * PIECE_BYTES
    const end = Math.min(start + PIECE_BYTES, upload.bytes) - 1
    await request(`/2/media/upload/${upload.id}/append`, {
      method: "POST",
      timeout_ms: PIECE_TIMEOUT_MS,
      body: multipart(
        [["segment_index", upload.pieces]],
        [
          {
            ...(await file.range(start, end)),
            content_type: "application/octet-stream",
            name: "media",
            filename: file.name,
          },
        ]
      ),
    })
    upload = await keep({ ...upload, pieces: upload.pieces + 1 })
  }
  return upload
}

/** Tells X that it has all of the file, and asks how far its processing has come. */
const readProcessing = async (
  context: ProviderContext,
  upload: Upload,
  keep: Keep
): Promise<Upload | (Progress & { state: "wait" })> => {
  if (upload.is_ready) {
    return upload
  }
  const { data } = await (upload.sent_at === null
    ? context.request<{ data?: RemoteMedia }>(
        `/2/media/upload/${upload.id}/finalize`,
        { method: "POST" }
      )
    : context.request<{ data?: RemoteMedia }>("/2/media/upload", {
        query: { command: "STATUS", media_id: upload.id },
      }))
  if (!data?.id) {
    throw malformedResponse("the state of the file")
  }
  const { state, check_after_secs, progress_percent, error } =
    data.processing_info ?? {}
  if (state === "failed") {
    throw new ServiceError(
      "content_rejected",
      `X could not process the file${error?.message ? `: ${error.message.replace(/\.$/, "")}` : ""}. Export it anew, a video as MP4 with H.264 and AAC, and publish again.`,
      { code: "processing_failed" }
    )
  }
  const is_ready = state === undefined || state === "succeeded"
  const sent_at = upload.sent_at ?? Date.now()
  const next = await keep({
    ...upload,
    media_key: data.media_key ?? upload.media_key,
    sent_at,
    is_ready,
    expires_at: data.expires_after_secs ? expiryOf(data) : upload.expires_at,
  })
  return is_ready
    ? next
    : {
        state: "wait",
        until: new Date(Date.now() + (check_after_secs ?? 5) * 1000),
        giveUpAt: new Date(sent_at + PROCESSING_MS),
        why: "X processes the file",
        ...(progress_percent !== undefined && {
          done: progress_percent,
          of: 100,
        }),
      }
}

const describe = async (
  { request }: ProviderContext,
  metadata: Metadata,
  upload: Upload,
  keep: Keep
): Promise<ReadyFile> => {
  if (Object.keys(metadata).length && !upload.is_described) {
    await request("/2/media/metadata", {
      method: "POST",
      json: { id: upload.id, metadata },
    })
    await keep({ ...upload, is_described: true })
  }
  return upload
}

/** Refusals that say nothing about the file itself. */
const ELSEWHERE = [401, 402, 403, 408, 429]

/**
 * What X has refused is not gone on with. An upload of an earlier attempt that X
 * no longer knows is no fault of the file.
 */
const withoutUpload = async (
  job: PublishJob,
  name: string,
  isResumed: boolean,
  error: unknown
): Promise<unknown> => {
  const { status = 0, errorClass } = isServiceError(error)
    ? error
    : { errorClass: null }
  if (errorClass !== "content_rejected" || ELSEWHERE.includes(status)) {
    return error
  }
  await job.forget(name)
  return isResumed && status >= 400
    ? new ServiceError(
        "transient",
        "X no longer knows the upload that was begun. The file is sent anew.",
        { code: "upload_expired" }
      )
    : error
}
