import { ServiceError } from "../../errors/service-error"
import type { Json, Media, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { malformed } from "./creator"
import { readState } from "./posts"
import type { PublishState } from "./publish-state"

/** An upload under way. Whoever has its address can go on with it. */
export interface Upload {
  readonly [name: string]: Json
  publish_id: string
  url: string
  /** In ms since the epoch. */
  begun_at: number
  /** The first byte that was not sent yet. */
  offset: number
}

/** What a request that begins a post answers. */
export interface Begun {
  publish_id?: string
  upload_url?: string
}

/** How a file goes out (developers.tiktok.com/doc/content-posting-api-media-transfer-guide). */
export interface Pieces {
  /** In bytes; the last one takes what is left. */
  chunk_size: number
  total_chunk_count: number
}

/** In bytes: TikTok takes pieces of 5 to 64 MB, and at most a thousand. */
const PIECE_BYTES = 8 * 1024 * 1024

export const piecesOf = (bytes: number): Pieces => {
  const count = Math.max(1, Math.floor(bytes / PIECE_BYTES))
  return {
    chunk_size: count === 1 ? bytes : PIECE_BYTES,
    total_chunk_count: count,
  }
}

/** Where the last piece begins: with it the post goes out. */
const lastStart = ({ chunk_size, total_chunk_count }: Pieces): number =>
  chunk_size * (total_chunk_count - 1)

/** TikTok's addresses take bytes for an hour, in ms. */
const UPLOAD_LIFE_MS = 55 * 60_000

/** How long TikTok may take for a piece without a byte, and to respond to it, in ms. */
const PIECE_TIMEOUT_MS = 120_000

/** Another file is another upload. */
const nameFor = ({ id, bytes }: Media): string => `upload ${id} ${bytes}`

/** What an earlier attempt has begun. */
export const keptUpload = (
  job: Pick<PublishJob, "kept">,
  file: Media
): Upload | undefined => job.kept<Upload>(nameFor(file))

export const forgetUpload = (job: PublishJob, file: Media): Promise<void> =>
  job.forget(nameFor(file))

/** Whether all of a file has arrived, so that TikTok makes a post of it. */
export const isComplete = (
  state: Extract<PublishState, { state: "processing" }>,
  bytes: number
): boolean => state.uploaded_bytes !== null && state.uploaded_bytes >= bytes

/**
 * Where an upload goes on, by what TikTok has of the file.
 *
 * @param state - that TikTok tells of it
 * @returns null when it has to be begun anew: nothing can come of this one
 */
export const resumeAt = (
  upload: Upload,
  { bytes }: Media,
  { uploaded_bytes }: Extract<PublishState, { state: "processing" }>
): Upload | null => {
  const offset = uploaded_bytes ?? upload.offset
  const pieces = piecesOf(bytes)
  const isUsable =
    Date.now() - upload.begun_at < UPLOAD_LIFE_MS &&
    offset % pieces.chunk_size === 0 &&
    offset <= lastStart(pieces)
  return isUsable ? { ...upload, offset } : null
}

/** Keeps what TikTok has given for a file that is to be sent. */
export const beginUpload = async (
  job: PublishJob,
  file: Media,
  { publish_id, upload_url }: Begun
): Promise<Upload> => {
  if (!publish_id || !upload_url || !URL.canParse(upload_url)) {
    throw malformed("an address for the video")
  }
  const upload: Upload = {
    publish_id,
    url: upload_url,
    begun_at: Date.now(),
    offset: 0,
  }
  await job.save(nameFor(file), upload)
  return upload
}

/**
 * Sends a file piece by piece, all but the last one.
 *
 * @returns the upload, with nothing but the last piece left
 * @throws {ServiceError} `transient` when TikTok takes no more of it
 */
export const sendAhead = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  begun: Upload
): Promise<Upload> => {
  const pieces = piecesOf(file.bytes)
  let upload = begun
  while (upload.offset < lastStart(pieces)) {
    const end = upload.offset + pieces.chunk_size
    const status = await put(
      context,
      upload,
      file,
      await file.range(upload.offset, end - 1)
    )
    if (status !== 206) {
      upload = await catchUp(context, job, file, upload, status)
      continue
    }
    upload = { ...upload, offset: end }
    await job.save(nameFor(file), upload, {
      why: "The video is sent to TikTok",
      done: end,
      of: file.bytes,
    })
  }
  return upload
}

/** After a piece that TikTok did not take: it may have had it before. */
const catchUp = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  upload: Upload,
  status: number
): Promise<Upload> => {
  if (status === 416) {
    const state = await readState(context, upload.publish_id)
    const resumed =
      state.state === "processing" ? resumeAt(upload, file, state) : null
    if (resumed && resumed.offset > upload.offset) {
      return resumed
    }
  }
  if (status < 500) {
    await forgetUpload(job, file)
  }
  throw notTaken(status)
}

const notTaken = (status: number): ServiceError =>
  new ServiceError(
    "transient",
    status === 403 || status === 404
      ? "TikTok no longer takes the upload that was begun. The video is sent anew."
      : `TikTok answered ${status} to a piece of the video.`,
    { code: `upload_${status}`, status, outcomeUnknown: true }
  )

/**
 * Sends the last piece, with which the post goes out: it is armed when the piece
 * is at hand, so that a file that is gone is a clear failure.
 *
 * @throws {ServiceError} of unknown outcome unless TikTok has all of it
 */
export const sendLast = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  upload: Upload
): Promise<void> => {
  const body = await file.range(upload.offset, file.bytes - 1)
  try {
    await job.arm(0, { publish_id: upload.publish_id, bytes: file.bytes })
  } catch (error) {
    await body.stream.cancel().catch(() => undefined)
    throw error
  }
  const status = await put(context, upload, file, body)
  if (status === 201) {
    return
  }
  if (status === 403 || status === 404) {
    await forgetUpload(job, file)
  }
  throw notTaken(status)
}

/** The address is a key of its own: the token stays with the API. */
const put = async (
  { fetch }: ProviderContext,
  { url, offset }: Upload,
  { bytes, content_type }: Media,
  body: Awaited<ReturnType<Media["range"]>>
): Promise<number> => {
  const { status } = await fetch(url, {
    method: "PUT",
    credentials: "omit",
    timeout_ms: PIECE_TIMEOUT_MS,
    headers: {
      "content-type": content_type,
      "content-range": `bytes ${offset}-${offset + body.size - 1}/${bytes}`,
    },
    body,
  })
  return status
}
