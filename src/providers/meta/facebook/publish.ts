import { ServiceError } from "../../../errors/service-error"
import { publishedText } from "../../../shared/post-rules/link"
import type {
  Json,
  Progress,
  PublicationPart,
  PublishJob,
  RemoteRef,
} from "../../publication"
import type { ProviderContext } from "../../types"
import { type CommentApi, publishComment } from "../comments"
import { facebookGraph } from "../facebook-login"
import {
  type GraphFields,
  malformed,
  META_SERVICE,
  publishCall,
} from "../graph"
import { slowDown } from "../quota"
import { type FacebookSettings, facebookSettings, limits } from "./settings"
import { uploadHostedVideo, uploadPhoto, uploadVideo } from "./upload"
import { confirmedName, videoWait } from "./video-state"

export const COMMENTS: CommentApi = {
  service: "Facebook",
  query: { fields: "id,message,created_time", order: "reverse_chronological" },
}

/** What `recover` needs of an armed part. */
export type Evidence = {
  /** As it was sent. */
  text: string
  /** Photos of a post or a story. */
  photos: string[]
  /** The video, whose id is known before it is public. */
  video: string | null
}

/** The one call that makes a part public, with all that it needs. */
interface LastCall {
  path: string
  fields: GraphFields
  evidence: Evidence
  /** Where the part is, by what Facebook answers; a wait while it works on it. */
  end: (answer: Answer) => RemoteRef | Promise<RemoteRef | Progress>
}

interface Answer {
  id?: string
  post_id?: string
  success?: boolean
}

/** Publishes a post and its first comments, or stories, one after the other. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = facebookSettings.parse(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      continue
    }
    const wait = isComment(job, part)
      ? await publishComment(COMMENTS, facebookGraph(context), job, part)
      : await publishPart(context, job, settings, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

/** Further parts of a story are stories. */
export const isComment = (
  { placement }: Pick<PublishJob, "placement">,
  { index }: Pick<PublicationPart, "index">
): boolean => index > 0 && placement !== "story"

/** @returns null when the part is out */
const publishPart = async (
  context: ProviderContext,
  job: PublishJob,
  settings: FacebookSettings,
  part: PublicationPart
): Promise<Progress | null> => {
  const call = await prepare(context, job, settings, part)
  if ("state" in call) {
    return call
  }
  const busy = slowDown(facebookGraph(context))
  if (busy) {
    return busy
  }
  const { path, fields, evidence } = call
  await job.arm(part.index, evidence as Json)
  const answer = await publishCall(() =>
    facebookGraph(context).post<Answer>(path, fields)
  )
  const end = await call.end(answer)
  if ("state" in end) {
    return end
  }
  await job.done(part.index, end)
  return null
}

const prepare = async (
  context: ProviderContext,
  job: PublishJob,
  settings: FacebookSettings,
  part: PublicationPart
): Promise<LastCall | Progress> => {
  const [first] = part.media
  if (job.placement === "story") {
    return first?.kind === "video"
      ? videoStory(context, job, part)
      : photoStory(context, job, part)
  }
  if (job.placement === "reel") {
    return reel(context, job, settings, part)
  }
  return first?.kind === "video"
    ? longVideo(context, job, settings, part)
    : feedPost(context, job, part)
}

const textOf = (job: PublishJob, { index }: PublicationPart): string =>
  publishedText(
    { link: job.link?.url ?? null, parts: job.parts },
    index,
    limits(null, job)
  )

const addressOf = (id: string): string => `https://www.facebook.com/${id}`

const feedPost = async (
  context: ProviderContext,
  job: PublishJob,
  part: PublicationPart
): Promise<LastCall> => {
  const photos: string[] = []
  for (const media of part.media) {
    photos.push(await uploadPhoto(context, job, part.index, media))
  }
  const text = textOf(job, part)
  return {
    path: `/${job.account.external_id}/feed`,
    fields: {
      message: text || undefined,
      link: photos.length ? undefined : job.link?.url,
      attached_media: photos.length
        ? JSON.stringify(photos.map((media_fbid) => ({ media_fbid })))
        : undefined,
    },
    evidence: { text, photos, video: null },
    end: ({ id }) => refOf(id),
  }
}

const refOf = (id: string | undefined): RemoteRef => {
  if (!id) {
    throw malformed(META_SERVICE, "the id of the post")
  }
  return { external_id: id, url: addressOf(id) }
}

/** A video whose upload is confirmed is worked on: `recover` tells what becomes of it. */
const endOfVideo =
  (
    job: PublishJob,
    { media: [file] }: PublicationPart,
    video: string
  ): LastCall["end"] =>
  async ({ success }) => {
    if (!success) {
      throw malformed(META_SERVICE, "a confirmation")
    }
    const now = new Date()
    await job.save(confirmedName(video), now.getTime())
    return { ...videoWait(file.name, now.getTime()), until: now }
  }

/** Where a video is, by its own id. */
export const refOfVideo = (placement: string, video: string): RemoteRef => ({
  external_id: video,
  url: addressOf(placement === "reel" ? `reel/${video}` : video),
})

const longVideo = async (
  context: ProviderContext,
  job: PublishJob,
  { title }: FacebookSettings,
  part: PublicationPart
): Promise<LastCall> => {
  const { session, video } = await uploadVideo(
    context,
    job,
    part.index,
    part.media[0]
  )
  const text = textOf(job, part)
  return {
    path: `/${job.account.external_id}/videos`,
    fields: {
      upload_phase: "finish",
      upload_session_id: session,
      description: text || undefined,
      title,
    },
    evidence: { text, photos: [], video },
    end: endOfVideo(job, part, video),
  }
}

const mediaOf = ({ media: [file] }: PublicationPart) => {
  if (!file) {
    throw new ServiceError(
      "content_rejected",
      "Facebook takes no story and no reel without a file. Add one.",
      { code: "media_required" }
    )
  }
  return file
}

const reel = async (
  context: ProviderContext,
  job: PublishJob,
  { title }: FacebookSettings,
  part: PublicationPart
): Promise<LastCall | Progress> => {
  const video = await uploadHostedVideo(
    context,
    job,
    part.index,
    mediaOf(part),
    "video_reels"
  )
  if (typeof video !== "string") {
    return video
  }
  const text = textOf(job, part)
  return {
    path: `/${job.account.external_id}/video_reels`,
    fields: {
      upload_phase: "finish",
      video_id: video,
      video_state: "PUBLISHED",
      description: text || undefined,
      title,
    },
    evidence: { text, photos: [], video },
    end: endOfVideo(job, part, video),
  }
}

const photoStory = async (
  context: ProviderContext,
  job: PublishJob,
  part: PublicationPart
): Promise<LastCall> => {
  const photo = await uploadPhoto(context, job, part.index, mediaOf(part))
  return {
    path: `/${job.account.external_id}/photo_stories`,
    fields: { photo_id: photo },
    evidence: { text: "", photos: [photo], video: null },
    end: ({ post_id }) => refOf(post_id),
  }
}

const videoStory = async (
  context: ProviderContext,
  job: PublishJob,
  part: PublicationPart
): Promise<LastCall | Progress> => {
  const video = await uploadHostedVideo(
    context,
    job,
    part.index,
    mediaOf(part),
    "video_stories"
  )
  return typeof video === "string"
    ? {
        path: `/${job.account.external_id}/video_stories`,
        fields: { upload_phase: "finish", video_id: video },
        evidence: { text: "", photos: [], video },
        end: ({ post_id }) => refOf(post_id),
      }
    : video
}
