import { ServiceError } from "../../errors/service-error"
import type { Json, Media, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { malformedResponse } from "./restli"
import {
  ASSET_LIFE_MS,
  initializeUpload,
  readAsset,
  requireSuccess,
  SEND_TIMEOUT_MS,
  stepOf,
  type Uploaded,
} from "./upload"

/** A piece of a video, and the address that takes just this one. */
interface Piece {
  readonly [name: string]: Json
  url: string
  /** The first and the last byte, both included. */
  first: number
  last: number
}

/** An upload under way. Whoever has its addresses can go on with it. */
interface Session {
  readonly [name: string]: Json
  video: string
  token: string
  /** In ms since the epoch. */
  ends_at: number
  cover_url: string | null
  pieces: readonly Piece[]
  /** What LinkedIn has called each piece that it has, in their order. */
  etags: readonly string[]
  /** Whether LinkedIn may have been told that these are all. */
  is_ended: boolean
}

interface ToldSession {
  video?: string
  uploadToken?: string
  uploadUrlsExpireAt?: number
  thumbnailUploadUrl?: string
  uploadInstructions?: {
    uploadUrl?: string
    firstByte?: number
    lastByte?: number
  }[]
}

/** In bytes and pixels: what a cover is made to fit. */
const COVER = {
  format: "jpeg",
  max_width: 1920,
  max_height: 1920,
  max_bytes: 2_000_000,
} as const

/** Where LinkedIn does not say how long its addresses last, in ms. */
const SESSION_LIFE_MS = 60 * 60_000

/**
 * Sends a video in the pieces that LinkedIn asks for, each to its own address.
 * What it has is kept after each piece, so that another attempt goes on there.
 */
export const uploadVideo = async (
  context: ProviderContext,
  job: PublishJob,
  media: Media
): Promise<Uploaded> => {
  const name = stepOf("video", media)
  const known = job.kept<Uploaded>(name)
  if (known && Date.now() - known.at < ASSET_LIFE_MS) {
    return known
  }
  const earlier = job.kept<Session>(`sending ${name}`)
  const session =
    earlier && earlier.ends_at > Date.now()
      ? earlier
      : await begin(context, job, media)
  const urn = await finish(context, job, media, session)
  const uploaded: Uploaded = { urn, at: Date.now() }
  await job.save(name, uploaded)
  await job.forget(`sending ${name}`)
  return uploaded
}

const keep = async (
  job: PublishJob,
  media: Media,
  session: Session
): Promise<Session> => {
  const { pieces, etags } = session
  await job.save(`sending ${stepOf("video", media)}`, session, {
    why: "The video is sent to LinkedIn",
    done: etags.length ? pieces[etags.length - 1].last + 1 : 0,
    of: media.bytes,
  })
  return session
}

const begin = async (
  context: ProviderContext,
  job: PublishJob,
  media: Media
): Promise<Session> => {
  const told = await initializeUpload<ToldSession>(context, "video", {
    owner: job.account.external_id,
    fileSizeBytes: media.bytes,
    uploadCaptions: false,
    uploadThumbnail: !!media.poster && "media" in media.poster,
  })
  const pieces = piecesIn(told, media)
  if (!told.video) {
    throw malformedResponse("the id of the video")
  }
  return keep(job, media, {
    video: told.video,
    token: told.uploadToken ?? "",
    ends_at: told.uploadUrlsExpireAt || Date.now() + SESSION_LIFE_MS,
    cover_url: told.thumbnailUploadUrl ?? null,
    pieces,
    etags: [],
    is_ended: false,
  })
}

/** @throws {ServiceError} where the pieces are not the whole file */
const piecesIn = (
  { uploadInstructions = [] }: ToldSession,
  { bytes }: Media
): Piece[] => {
  let next = 0
  const pieces = uploadInstructions.map(
    ({ uploadUrl = "", firstByte = next, lastByte = bytes - 1 }): Piece => {
      if (!URL.canParse(uploadUrl) || firstByte !== next) {
        throw malformedResponse("an address for each piece of the video")
      }
      next = lastByte + 1
      return { url: uploadUrl, first: firstByte, last: lastByte }
    }
  )
  if (next !== bytes) {
    throw malformedResponse("addresses for the whole video")
  }
  return pieces
}

/** Sends what LinkedIn lacks, and says that it is all. */
const finish = async (
  context: ProviderContext,
  job: PublishJob,
  media: Media,
  begun: Session
): Promise<string> => {
  if (begun.is_ended && (await isTaken(context, begun))) {
    return begun.video
  }
  let session = begun
  for (const piece of session.pieces.slice(session.etags.length)) {
    const etag = await sendPiece(context, job, media, piece)
    session = await keep(job, media, {
      ...session,
      etags: [...session.etags, etag],
    })
  }
  await sendCover(context, job, media, session)
  session = await keep(job, media, { ...session, is_ended: true })
  await context.request("/rest/videos?action=finalizeUpload", {
    method: "POST",
    json: {
      finalizeUploadRequest: {
        video: session.video,
        uploadToken: session.token,
        uploadedPartIds: session.etags,
      },
    },
    // LinkedIn responds without a body.
    accept_status: [200, 201],
  })
  return session.video
}

const isTaken = async (
  context: ProviderContext,
  { video }: Session
): Promise<boolean> => {
  const state = await readAsset(context, "video", video)
  return !!state && state.status !== "WAITING_UPLOAD"
}

const sendPiece = async (
  context: ProviderContext,
  job: PublishJob,
  media: Media,
  { url, first, last }: Piece
): Promise<string> => {
  const response = await context.fetch(url, {
    method: "PUT",
    // The address is a key of its own; the token goes to the API alone.
    credentials: "omit",
    headers: { "content-type": "application/octet-stream" },
    body: {
      ...(await media.range(first, last)),
      content_type: "application/octet-stream",
    },
    timeout_ms: SEND_TIMEOUT_MS,
  })
  if (response.status >= 400 && response.status < 429) {
    await job.forget(`sending ${stepOf("video", media)}`)
    throw new ServiceError(
      "transient",
      "LinkedIn no longer takes the upload that was begun. The video is sent anew.",
      { code: "upload_expired", status: response.status }
    )
  }
  await requireSuccess(context, response.clone())
  const etag = response.headers
    .get("etag")
    ?.replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1")
  if (!etag) {
    throw malformedResponse("what it calls the piece of the video")
  }
  return etag
}

const sendCover = async (
  context: ProviderContext,
  job: PublishJob,
  { poster }: Media,
  { cover_url, video }: Session
): Promise<void> => {
  if (!cover_url || !poster || !("media" in poster)) {
    return
  }
  await job.step(`cover ${video}`, async () => {
    const cover = await poster.media.as(COVER)
    const response = await context.fetch(cover_url, {
      method: "PUT",
      credentials: "omit",
      headers: { "media-type-family": "STILLIMAGE" },
      body: {
        ...(await cover.open()),
        content_type: "application/octet-stream",
      },
      timeout_ms: SEND_TIMEOUT_MS,
    })
    await requireSuccess(context, response)
  })
}
