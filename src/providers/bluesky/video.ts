import { ServiceError } from "../../errors/service-error"
import { failureIn } from "../api-errors"
import type { Json, Media, Progress, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { blueskyDescription, DEFAULT_PDS, videoServiceOf } from "./description"
import { fetchSession, homeOf, malformed } from "./session"

/** A file that the server holds, as a record names it. */
export type Blob = { readonly [name: string]: Json | undefined }

/** Lexicon `app.bsky.video.getUploadLimits`. */
export interface UploadLimits {
  canUpload?: boolean
  remainingDailyVideos?: number
  remainingDailyBytes?: number
  message?: string
  error?: string
}

/** Lexicon `app.bsky.video.defs#jobStatus`. */
interface JobStatus {
  jobId?: string
  state?: string
  progress?: number
  blob?: Blob
  error?: string
  message?: string
}

/** Files that no record names are collected after some hours. */
export const BLOB_LIFE_MS = 60 * 60 * 1000

const TOKEN_SECONDS = 30 * 60
const POLL_MS = 3_000
const PATIENCE_MS = 15 * 60 * 1000
/** How long a day's limit is waited out before it is asked about again. */
const LIMIT_WAIT_MS = 60 * 60 * 1000

/** A service's DID by the name of its host (did:web, with the port encoded). */
const didOfHost = (address: string): string =>
  `did:web:${new URL(address).host.replace(":", "%3A")}`

/** A token that speaks for the account at another service, for one method. */
const serviceToken = async (
  { request }: ProviderContext,
  aud: string,
  lxm: string
): Promise<Record<string, string>> => {
  const { token } = await request<{ token?: string }>(
    "/xrpc/com.atproto.server.getServiceAuth",
    {
      query: { aud, lxm, exp: Math.floor(Date.now() / 1000) + TOKEN_SECONDS },
    }
  )
  if (!token) {
    throw malformed("a token for the video service")
  }
  return { authorization: `Bearer ${token}` }
}

/** What the account may upload today. */
export const fetchUploadLimits = async (
  context: ProviderContext
): Promise<UploadLimits> => {
  const service = videoServiceOf(context.settings)
  return await context.request(
    `${service}/xrpc/app.bsky.video.getUploadLimits`,
    {
      credentials: "omit",
      headers: await serviceToken(
        context,
        didOfHost(service),
        "app.bsky.video.getUploadLimits"
      ),
    }
  )
}

/** @throws {ServiceError} when the account may not upload the file now */
const requireRoom = async (
  context: ProviderContext,
  { bytes }: Media
): Promise<void> => {
  const limits = await fetchUploadLimits(context)
  const isUsedUp =
    limits.remainingDailyVideos === 0 ||
    (limits.remainingDailyBytes !== undefined &&
      limits.remainingDailyBytes < bytes)
  if (isUsedUp) {
    throw new ServiceError(
      "rate_limited",
      "The account has used up its videos for today at Bluesky.",
      {
        code: limits.error ?? "daily_videos",
        retryAt: new Date(Date.now() + LIMIT_WAIT_MS),
      }
    )
  }
  if (limits.canUpload === false) {
    throw new ServiceError(
      "account_restricted",
      `Bluesky takes no videos from the account${limits.message ? `: ${limits.message.replace(/[.\s]*$/, "")}` : ""}. Confirm the account's e-mail address at Bluesky.`,
      { code: limits.error ?? "no_videos" }
    )
  }
}

/** The service sends the status as it is, or as the lexicon wraps it. */
const statusIn = (body: JobStatus & { jobStatus?: JobStatus }): JobStatus =>
  body.jobStatus ?? body

/** @returns the id of the job that processes the video */
const upload = async (
  context: ProviderContext,
  did: string,
  key: string,
  media: Media
): Promise<string> => {
  await requireRoom(context, media)
  const service = videoServiceOf(context.settings)
  const base = String(context.settings.base_url || DEFAULT_PDS)
  const home = homeOf(await fetchSession(context), base)
  const query = new URLSearchParams({ did, name: `${key}.mp4` })
  const response = await context.fetch(
    `${service}/xrpc/app.bsky.video.uploadVideo?${query}`,
    {
      method: "POST",
      credentials: "omit",
      headers: {
        "content-type": "video/mp4",
        ...(await serviceToken(
          context,
          didOfHost(home),
          "com.atproto.repo.uploadBlob"
        )),
      },
      body: await media.open(),
    }
  )
  const text = await response.text()
  // 409 is for a file that it has already: its job goes on.
  const failure =
    response.status === 409
      ? undefined
      : failureIn(blueskyDescription, response, context.redact(text))
  if (failure) {
    throw failure
  }
  const { jobId } = statusIn(JSON.parse(text) as JobStatus)
  if (!jobId) {
    throw malformed("the id of the video's job")
  }
  return jobId
}

const failedVideo = ({ error, message }: JobStatus): ServiceError =>
  new ServiceError(
    "content_rejected",
    `Bluesky could not process the video${message ? `: ${message.replace(/[.\s]*$/, "")}` : ""}. Use an MP4 file with H.264 video.`,
    { code: error ?? "video_failed" }
  )

/**
 * Has a video processed.
 *
 * @param name - of the file within the publication, the same over all attempts
 * @returns the file as records name it, or how far the service is with it
 */
export const prepareVideo = async (
  context: ProviderContext,
  job: PublishJob,
  name: string,
  media: Media
): Promise<{ blob: Blob } | Progress> => {
  const ready = job.kept<{ blob: Blob; at: number }>(name)
  if (ready && Date.now() - ready.at < BLOB_LIFE_MS) {
    return { blob: ready.blob }
  }
  const jobId = await job.step(
    `${name} job`,
    () =>
      upload(
        context,
        job.account.external_id,
        `${job.key}-${name.replace(/\W/g, "-")}`,
        media
      ),
    { validForMs: BLOB_LIFE_MS }
  )
  const status = statusIn(
    await context.request<JobStatus>(
      `${videoServiceOf(context.settings)}/xrpc/app.bsky.video.getJobStatus`,
      { credentials: "omit", query: { jobId } }
    )
  )
  if (status.blob) {
    await job.save(name, { blob: status.blob, at: Date.now() })
    return { blob: status.blob }
  }
  if (status.state === "JOB_STATE_FAILED") {
    await job.forget(`${name} job`)
    throw failedVideo(status)
  }
  return {
    state: "wait",
    until: new Date(Date.now() + POLL_MS),
    giveUpAt: new Date(Date.now() + PATIENCE_MS),
    why: "Bluesky processes the video",
    ...(status.progress !== undefined && { done: status.progress, of: 100 }),
  }
}
