import { isServiceError, ServiceError } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import type { Json, Media, PublishJob } from "../../publication"
import type { ProviderContext } from "../../types"
import { itemsOf, malformedResponse, type Page, readChannel } from "./channel"
import { youtubeDescription } from "./description"

/** What a video is sent with. */
export interface VideoFacts {
  snippet: { title: string; [name: string]: unknown }
  status: { privacyStatus: string; [name: string]: unknown }
}

/** A video of the YouTube Data API, as far as it is read. */
export interface Video {
  id: string
  snippet?: { title?: string; categoryId?: string; publishedAt?: string }
  status?: {
    uploadStatus?: string
    failureReason?: string
    rejectionReason?: string
    privacyStatus?: string
  }
  processingDetails?: {
    processingProgress?: { partsProcessed?: string; partsTotal?: string }
  }
  fileDetails?: { fileSize?: string }
  statistics?: Record<string, string>
}

/** A file that lies in the channel, which nobody sees yet. */
export interface Uploaded {
  readonly [name: string]: Json
  id: string
  /** What YouTube took for its category where nobody chose one. */
  category: string | null
  /** In ms since the epoch. */
  at: number
}

/** An upload under way. Whoever has its address can go on with it. */
interface Session {
  readonly [name: string]: Json
  url: string
  /** In ms since the epoch. */
  begun_at: number
  /** That the video has got. */
  title: string
  /** Whether the last byte may have been sent: then the video may be there. */
  ended: boolean
}

/** Pieces are multiples of 256 KiB, all but the last. */
const PIECE_BYTES = 8 * 1024 * 1024

/** How long YouTube may take for a piece without a byte, and to respond to it, in ms. */
const PIECE_TIMEOUT_MS = 120_000

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 60_000

/** What YouTube has of a file: all of it as a video, the bytes so far, or nothing any more. */
type Standing = { video: Video } | { offset: number } | "gone"

/**
 * Sends a file as a private video, in pieces, and goes on where an earlier
 * attempt has got to: YouTube says how many bytes it has. The last byte makes
 * the video, so that one upload makes one.
 *
 * @param facts - of the video, as it is in the end but for its visibility
 */
export const uploadVideo = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  facts: VideoFacts,
  notifySubscribers: boolean
): Promise<Uploaded> => {
  const names = namesFor(file)
  const known = job.kept<Uploaded>(names.uploaded)
  if (known) {
    return known
  }
  const earlier = job.kept<Session>(names.session)
  const video = await (
    earlier
      ? resume(context, job, file, earlier)
      : begin(context, job, file, facts, notifySubscribers).then((session) =>
          finish(context, job, file, session, { offset: 0 })
        )
  ).catch(async (error: unknown) => {
    if (isServiceError(error) && error.errorClass === "content_rejected") {
      // What was said when it began is refused now, however often it goes on.
      await job.forget(names.session)
    }
    throw error
  })
  const uploaded: Uploaded = {
    id: video.id,
    category: video.snippet?.categoryId ?? null,
    at: Date.now(),
  }
  await job.save(names.uploaded, uploaded)
  return uploaded
}

/** Forgets an upload that has come to nothing: the next attempt sends the file anew. */
export const forgetUpload = async (
  job: PublishJob,
  file: Media
): Promise<void> => {
  const names = namesFor(file)
  await job.forget(names.session)
  await job.forget(names.uploaded)
}

/** Another file is another upload. */
const namesFor = ({ id, bytes }: Media) => ({
  session: `upload ${id} ${bytes}`,
  uploaded: `uploaded ${id} ${bytes}`,
})

const begin = async (
  { fetch, redact }: ProviderContext,
  job: PublishJob,
  file: Media,
  { snippet, status }: VideoFacts,
  notifySubscribers: boolean
): Promise<Session> => {
  const query = new URLSearchParams({
    uploadType: "resumable",
    part: "snippet,status",
    notifySubscribers: String(notifySubscribers),
  })
  const response = await fetch(`/upload/youtube/v3/videos?${query}`, {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=UTF-8",
      "x-upload-content-type": file.content_type,
      "x-upload-content-length": String(file.bytes),
    },
    body: JSON.stringify({
      snippet,
      status: { ...status, privacyStatus: "private" },
    }),
  })
  await requireSuccess(response, redact)
  const url = response.headers.get("location")
  if (!url || !URL.canParse(url)) {
    throw malformedResponse("an address for the video")
  }
  const session: Session = {
    url,
    begun_at: Date.now(),
    title: snippet.title,
    ended: false,
  }
  await job.save(namesFor(file).session, session)
  return session
}

const requireSuccess = async (
  response: Response,
  redact: (text: string) => string
): Promise<void> => {
  const failure = failureIn(
    youtubeDescription,
    response,
    redact(await response.clone().text())
  )
  if (failure) {
    throw failure
  }
}

const resume = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  session: Session
): Promise<Video> =>
  finish(context, job, file, session, await ask(context, session, file))

/** Sends what YouTube lacks. */
const finish = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media,
  session: Session,
  begun: Standing
): Promise<Video> => {
  let standing = begun
  let sent = -1
  while (typeof standing === "object" && "offset" in standing) {
    const { offset } = standing
    if (offset <= sent || offset >= file.bytes) {
      throw malformedResponse("having taken more of the video")
    }
    sent = offset
    const end = Math.min(offset + PIECE_BYTES, file.bytes) - 1
    await job.save(
      namesFor(file).session,
      { ...session, ended: session.ended || end === file.bytes - 1 },
      {
        why: "The video is sent to YouTube",
        done: offset,
        of: file.bytes,
      }
    )
    standing = await send(context, session, file, offset, end)
  }
  if (standing !== "gone") {
    return standing.video
  }
  const found = session.ended
    ? await findUpload(context, session, file)
    : undefined
  if (!found) {
    await job.forget(namesFor(file).session)
    throw sessionGone()
  }
  return found
}

const sessionGone = (): ServiceError =>
  new ServiceError(
    "transient",
    "YouTube no longer knows the upload that was begun. The video is sent anew.",
    { code: "upload_expired" }
  )

const ask = (
  context: ProviderContext,
  session: Session,
  { bytes }: Media
): Promise<Standing> =>
  put(context, session, { headers: { "content-range": `bytes */${bytes}` } })

const send = async (
  context: ProviderContext,
  session: Session,
  file: Media,
  start: number,
  end: number
): Promise<Standing> =>
  put(context, session, {
    headers: {
      "content-type": file.content_type,
      "content-range": `bytes ${start}-${end}/${file.bytes}`,
    },
    body: await file.range(start, end),
  })

const put = async (
  { fetch, redact, settings }: ProviderContext,
  { url }: Session,
  init: Pick<Parameters<ProviderContext["fetch"]>[1] & object, "body"> & {
    headers: Record<string, string>
  }
): Promise<Standing> => {
  const home = youtubeDescription.api?.base_address(settings) ?? url
  const response = await fetch(url, {
    ...init,
    method: "PUT",
    accept_status: [308],
    timeout_ms: PIECE_TIMEOUT_MS,
    // The address is a key of its own; the token goes to the API alone.
    ...(new URL(url).origin !== new URL(home).origin && {
      credentials: "omit",
    }),
  })
  if (response.status === 308) {
    return { offset: takenBytes(response.headers.get("range")) }
  }
  if ([404, 410].includes(response.status)) {
    return "gone"
  }
  await requireSuccess(response, redact)
  const video = (await response.json().catch(() => ({}))) as Partial<Video>
  if (!video.id) {
    throw malformedResponse("the id of the video")
  }
  return { video: { ...video, id: video.id } }
}

/** `bytes=0-1048575` names the last byte; without it there is none. */
const takenBytes = (range: string | null): number => {
  const last = /^bytes=0-(\d+)$/.exec(range ?? "")?.[1]
  return last === undefined ? 0 : Number(last) + 1
}

/** Looks among the channel's latest uploads for one whose session is over. */
const findUpload = async (
  context: ProviderContext,
  { begun_at, title }: Session,
  { bytes }: Media
): Promise<Video | undefined> => {
  const { contentDetails } = await readChannel(context)
  const playlistId = contentDetails?.relatedPlaylists?.uploads
  if (!playlistId) {
    throw malformedResponse("the list of the channel's uploads")
  }
  const uploads = itemsOf(
    await context.request<Page<{ contentDetails?: { videoId?: string } }>>(
      "/youtube/v3/playlistItems",
      { query: { part: "contentDetails", playlistId, maxResults: 10 } }
    ),
    "a list of uploads"
  )
  const ids = uploads.flatMap(({ contentDetails: at }) => at?.videoId ?? [])
  const videos = await readVideos(context, ids, "snippet,status,fileDetails")
  return videos.find(
    ({ snippet, status, fileDetails }) =>
      snippet?.title === title &&
      status?.privacyStatus === "private" &&
      Date.parse(snippet.publishedAt ?? "") > begun_at - CLOCK_SKEW_MS &&
      (fileDetails?.fileSize === undefined ||
        Number(fileDetails.fileSize) === bytes)
  )
}

/**
 * Videos by their ids; those that are gone are left out.
 *
 * @param part - what to read of them
 */
export const readVideos = async (
  { request }: ProviderContext,
  ids: readonly string[],
  part: string
): Promise<Video[]> =>
  ids.length
    ? itemsOf(
        await request<Page<Video>>("/youtube/v3/videos", {
          query: { part, id: ids.join(",") },
        }),
        "the video"
      )
    : []
