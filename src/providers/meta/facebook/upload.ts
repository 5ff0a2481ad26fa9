import { createHash } from "node:crypto"
import { ServiceError } from "../../../errors/service-error"
import { multipart } from "../../../http/body"
import { filenameOf } from "../../armed-files"
import type { Media, Progress, PublishJob } from "../../publication"
import type { ProviderContext } from "../../types"
import { facebookGraph } from "../facebook-login"
import { malformed, META_SERVICE } from "../graph"
import { PHOTO_PRESET } from "./settings"
import {
  confirmedName,
  fateOf,
  processingError,
  readVideo,
} from "./video-state"

/** How long what stands in no post may be relied on, in ms. */
const UPLOAD_LIFE_MS = 12 * 60 * 60_000

/** How long a video may be worked on before it can be published, in ms. */
const PATIENCE_MS = 60 * 60_000

/** The largest piece of a long video, in bytes: Facebook says where each one ends. */
const MAX_PIECE = 16 * 1024 * 1024

const FACEBOOK_UPLOADS = "https://rupload.facebook.com"

/** Another file or description is another upload. */
const stepOf = (what: string, part: number, media: Media): string =>
  `${what} ${part} ${createHash("sha256")
    .update(JSON.stringify([media.id, media.alt_text]))
    .digest("base64url")}`

/** Uploads a photo that nobody sees until a post has it. */
export const uploadPhoto = async (
  context: ProviderContext,
  job: PublishJob,
  part: number,
  media: Media
): Promise<string> =>
  job.step(
    stepOf("photo", part, media),
    async () => {
      const file = await media.as(PHOTO_PRESET)
      const { id } = await facebookGraph(context).form<{ id?: string }>(
        `/${job.account.external_id}/photos`,
        multipart(
          [
            ["published", "false"],
            ...(media.alt_text
              ? [["alt_text_custom", media.alt_text] as const]
              : []),
          ],
          [
            {
              ...(await file.open()),
              name: "source",
              filename: filenameOf(file),
            },
          ]
        )
      )
      if (!id) {
        throw malformed(META_SERVICE, "the id of the photo")
      }
      return id
    },
    { validForMs: UPLOAD_LIFE_MS }
  )

/** A long video on its way, with what the next piece is. */
interface Session {
  upload_session_id?: string
  video_id?: string
  start_offset?: string | number
  end_offset?: string | number
}

type Uploading = { session: string; video: string; start: number; end: number }

const uploadingIn = (
  { upload_session_id, video_id, start_offset, end_offset }: Session,
  before?: Uploading
): Uploading => {
  const session = upload_session_id ?? before?.session
  const video = video_id ?? before?.video
  const [start, end] = [Number(start_offset), Number(end_offset)]
  if (!session || !video || !Number.isFinite(start) || !Number.isFinite(end)) {
    throw malformed(META_SERVICE, "the upload of the video")
  }
  return { session, video, start, end }
}

/** What was begun; not a video that Facebook got, and could not work with. */
const resumable = async (
  context: ProviderContext,
  job: PublishJob,
  name: string
): Promise<Uploading | undefined> => {
  const known = job.kept<Uploading>(name)
  const isDead =
    known &&
    known.start >= known.end &&
    fateOf(await readVideo(context, known.video)) === "failed"
  return isDead ? undefined : known
}

/**
 * Uploads a video of the feed in the pieces that Facebook asks for. Each piece
 * is kept, so that another attempt goes on where this one ended.
 *
 * @returns the video, which nobody sees until its upload is finished
 */
export const uploadVideo = async (
  context: ProviderContext,
  job: PublishJob,
  part: number,
  media: Media
): Promise<{ session: string; video: string }> => {
  const graph = facebookGraph(context)
  const path = `/${job.account.external_id}/videos`
  const name = stepOf("video", part, media)
  const keep = async (uploading: Uploading) => {
    await job.save(name, uploading, {
      why: "Facebook gets the video",
      done: uploading.start,
      of: media.bytes,
    })
    return uploading
  }
  let uploading =
    (await resumable(context, job, name)) ??
    (await keep(
      uploadingIn(
        await graph.post<Session>(path, {
          upload_phase: "start",
          file_size: media.bytes,
        })
      )
    ))
  while (uploading.start < uploading.end) {
    const { session, start, end } = uploading
    const last = Math.min(end, start + MAX_PIECE, media.bytes) - 1
    uploading = await keep(
      uploadingIn(
        await graph.form<Session>(
          path,
          multipart(
            [
              ["upload_phase", "transfer"],
              ["upload_session_id", session],
              ["start_offset", start],
            ],
            [
              {
                ...(await media.range(start, last)),
                name: "video_file_chunk",
                filename: filenameOf(media),
              },
            ]
          )
        ),
        uploading
      )
    )
  }
  return uploading
}

/**
 * Uploads the video of a reel or a story.
 *
 * @param edge - `video_reels` or `video_stories`
 * @returns its id; a wait until Facebook has all of it
 */
export const uploadHostedVideo = async (
  context: ProviderContext,
  job: PublishJob,
  part: number,
  media: Media,
  edge: string
): Promise<string | Progress> => {
  const name = stepOf(edge, part, media)
  const { video, address } = await job.step(
    name,
    async () => {
      const { video_id, upload_url } = await facebookGraph(context).post<{
        video_id?: string
        upload_url?: string
      }>(`/${job.account.external_id}/${edge}`, { upload_phase: "start" })
      if (!video_id || !upload_url) {
        throw malformed(META_SERVICE, "an address for the video")
      }
      return { video: video_id, address: upload_url }
    },
    { validForMs: UPLOAD_LIFE_MS }
  )
  const sent = `sent ${name}`
  if (!job.kept(sent)) {
    const { uploading_phase } = await readVideo(context, video)
    if (uploading_phase?.status !== "complete") {
      const offset = uploading_phase?.bytes_transferred ?? 0
      await sendBytes(context, address, media, offset)
    }
    await job.save(sent, Date.now())
  }
  const status = await readVideo(context, video)
  if (fateOf(status) === "failed") {
    await job.forget(name)
    await job.forget(sent)
    if (job.kept(confirmedName(video))) {
      return {
        state: "wait",
        until: new Date(),
        why: `Facebook gets ${media.name} once more`,
      }
    }
    throw processingError(media.name, status)
  }
  if (status.uploading_phase?.status !== "complete") {
    return {
      state: "wait",
      until: new Date(Date.now() + 10_000),
      giveUpAt: new Date((job.kept<number>(sent) ?? 0) + PATIENCE_MS),
      why: `Facebook takes in ${media.name}`,
    }
  }
  return video
}

/** The address came from Facebook, and only Facebook gets the token. */
const sendBytes = async (
  { request, credential, settings }: ProviderContext,
  address: string,
  media: Media,
  offset: number
): Promise<void> => {
  const own = settings.base_url
    ? new URL(String(settings.base_url)).origin
    : FACEBOOK_UPLOADS
  if (!URL.canParse(address) || new URL(address).origin !== own) {
    throw new ServiceError(
      "transient",
      "Facebook named an address for the video that is not its own. Nothing was sent there.",
      { code: "foreign_upload_address" }
    )
  }
  await request(address, {
    method: "POST",
    credentials: "omit",
    headers: {
      authorization: `OAuth ${(await credential("access_token")).reveal()}`,
      offset: String(offset),
      file_size: String(media.bytes),
      "content-type": "application/octet-stream",
    },
    body: {
      ...(offset
        ? await media.range(offset, media.bytes - 1)
        : await media.open()),
      content_type: "application/octet-stream",
    },
  })
}
