import { ServiceError } from "../../../errors/service-error"
import { publishedText } from "../../../shared/post-rules/link"
import type {
  LostCall,
  Media,
  Progress,
  PublishJob,
  Recovery,
} from "../../publication"
import type { ProviderContext } from "../../types"
import { itemsOf, malformedResponse, type Page, readChannel } from "./channel"
import { watchAddress } from "./description"
import { limits, MAX_DESCRIPTION_BYTES } from "./limits"
import { requireNotRefused, waitForProcessing } from "./processing"
import { readSettings, type YouTubeSettings } from "./settings"
import {
  readVideos,
  type Uploaded,
  uploadVideo,
  type Video,
  type VideoFacts,
} from "./upload"

/** What `recover` needs: which video was to be seen by whom. */
interface Evidence {
  readonly [name: string]: string
  video_id: string
  privacy: string
}

/**
 * Publishes a video: it is sent as a private one, processed, gets its cover and
 * its playlist, and is made public by one last call, which can be repeated
 * without harm. So it goes out at its second, however long the upload took, and
 * what YouTube refuses is known before anybody has seen it.
 */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const [part] = job.parts
  if (part.published) {
    return { state: "published" }
  }
  const settings = readSettings(job.settings)
  const file = part.media.find(({ kind }) => kind === "video")
  if (!file) {
    throw new ServiceError(
      "content_rejected",
      "The post has no video, and YouTube takes nothing else. Add one.",
      { code: "media_required" }
    )
  }
  const facts = factsOf(job, settings)
  await job.step("channel", () => requireChannel(context, job))
  const uploaded = await uploadVideo(
    context,
    job,
    file,
    facts,
    settings.notify_subscribers
  )
  const wait = await waitForProcessing(context, job, file, uploaded)
  if (wait) {
    return wait
  }
  await setCover(context, job, file, uploaded)
  await addToPlaylist(context, job, settings, uploaded)
  await show(context, job, facts, uploaded)
  return { state: "published" }
}

/** YouTube takes no angle brackets in texts; these look much like them. */
const withoutBrackets = (text: string): string =>
  text.replace(/</g, "‹").replace(/>/g, "›")

/** What looks like an angle bracket has three bytes: where they are too many, a round one has one. */
const descriptionOf = (text: string): string => {
  const description = withoutBrackets(text)
  return Buffer.byteLength(description) > MAX_DESCRIPTION_BYTES
    ? text.replace(/</g, "(").replace(/>/g, ")")
    : description
}

/** In UTF-16 code units. */
const MAX_TITLE = 100

const titleOf = (job: PublishJob, { title }: YouTubeSettings): string => {
  const [first] = job.parts[0].text.trim().split("\n")
  const given = (title || job.link?.title || first).trim()
  if (!given) {
    throw new ServiceError(
      "content_rejected",
      "The video has no title, and the post has no text to take it from. Enter a title in the post's settings.",
      { code: "title_missing" }
    )
  }
  return withoutBrackets(shortened(given))
}

/** A text that is no longer than a title may be, cut between characters. */
const shortened = (text: string): string => {
  if (text.length <= MAX_TITLE) {
    return text
  }
  let cut = ""
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (cut.length + segment.length >= MAX_TITLE) {
      break
    }
    cut += segment
  }
  return `${cut.trimEnd()}…`
}

const factsOf = (job: PublishJob, settings: YouTubeSettings): VideoFacts => ({
  snippet: {
    title: titleOf(job, settings),
    description: descriptionOf(
      publishedText(
        { link: job.link?.url ?? null, parts: job.parts },
        0,
        limits(job.account)
      )
    ),
    ...(settings.tags?.length && { tags: settings.tags }),
    ...(settings.category && { categoryId: settings.category }),
    ...(settings.language && {
      defaultLanguage: settings.language,
      defaultAudioLanguage: settings.language,
    }),
  },
  status: {
    privacyStatus: settings.privacy,
    selfDeclaredMadeForKids: settings.made_for_kids === "yes",
    containsSyntheticMedia: settings.synthetic_media,
    embeddable: settings.embeddable,
    license: settings.license,
  },
})

/** A consent is for one channel: after another one, videos would land in the wrong place. */
const requireChannel = async (
  context: ProviderContext,
  { account }: PublishJob
): Promise<void> => {
  const { id, snippet } = await readChannel(context)
  if (id !== account.external_id) {
    throw new ServiceError(
      "config_error",
      `The platform is connected to the channel "${snippet?.title ?? id}", and the post is for "${account.name}". Connect it again and choose that channel.`,
      { code: "other_channel" }
    )
  }
}

/** In bytes and pixels: what YouTube takes for a cover, and what it asks for. */
const COVER = {
  format: "jpeg",
  max_bytes: 2_097_152,
  max_width: 1280,
  max_height: 1280,
} as const

const setCover = async (
  { request }: ProviderContext,
  job: PublishJob,
  { poster }: Media,
  { id }: Uploaded
): Promise<void> => {
  if (!poster || !("media" in poster)) {
    return
  }
  await job.step(`cover ${id} ${poster.media.id}`, async () => {
    const cover = await poster.media.as(COVER)
    await request("/upload/youtube/v3/thumbnails/set", {
      method: "POST",
      query: { uploadType: "media", videoId: id },
      body: { content_type: cover.content_type, ...(await cover.open()) },
    })
  })
}

/** YouTube adds a video as often as it is asked to, so it is looked for first. */
const addToPlaylist = async (
  { request }: ProviderContext,
  job: PublishJob,
  { playlist }: YouTubeSettings,
  { id }: Uploaded
): Promise<void> => {
  if (!playlist) {
    return
  }
  await job.step(`playlist ${id} ${playlist}`, async () => {
    const there = itemsOf(
      await request<Page<object>>("/youtube/v3/playlistItems", {
        query: { part: "id", playlistId: playlist, videoId: id },
      }),
      "the playlist"
    )
    if (!there.length) {
      await request("/youtube/v3/playlistItems", {
        method: "POST",
        query: { part: "snippet" },
        json: {
          snippet: {
            playlistId: playlist,
            resourceId: { kind: "youtube#video", videoId: id },
          },
        },
      })
    }
  })
}

/** The category of videos of which nobody and nothing has said another one: People & Blogs. */
const DEFAULT_CATEGORY = "22"

/** Shows the video to those who are to see it, with all that is said of it now. */
const show = async (
  { request, settings }: ProviderContext,
  job: PublishJob,
  { snippet, status }: VideoFacts,
  { id, category }: Uploaded
): Promise<void> => {
  const evidence: Evidence = { video_id: id, privacy: status.privacyStatus }
  await job.arm(0, evidence)
  const video = await request<Partial<Video>>("/youtube/v3/videos", {
    method: "PUT",
    query: { part: "snippet,status" },
    // An update takes away what it does not name, and needs a category.
    json: {
      id,
      snippet: { categoryId: category ?? DEFAULT_CATEGORY, ...snippet },
      status,
    },
  })
  if (!video.status?.privacyStatus) {
    throw malformedResponse("the video's visibility")
  }
  requireNotRefused(video)
  if (video.status.privacyStatus !== status.privacyStatus) {
    throw lockedPrivate(video.status.privacyStatus)
  }
  await job.done(0, { external_id: id, url: watchAddress(settings, id) })
}

const lockedPrivate = (privacy: string): ServiceError =>
  new ServiceError(
    "config_error",
    `YouTube keeps the video ${privacy}: the Google Cloud project has not passed YouTube's audit yet. Apply for it, as the page about YouTube says; until then choose the visibility "private", or publish the video at YouTube Studio, where it lies.`,
    { code: "locked_private" }
  )

/** A video is seen by whom it is to be seen, or it is a private one still: YouTube tells. */
export const recover = async (
  context: ProviderContext,
  { evidence }: LostCall
): Promise<Recovery> => {
  const { video_id, privacy } = evidence as Partial<Evidence>
  if (!video_id) {
    return { outcome: "unknown" }
  }
  const [video] = await readVideos(context, [video_id], "status")
  switch (video?.status?.privacyStatus) {
    case undefined:
      return { outcome: "unknown" }
    case privacy:
      return {
        outcome: "published",
        ref: {
          external_id: video_id,
          url: watchAddress(context.settings, video_id),
        },
      }
    default:
      return { outcome: "not_published", because: "draft" }
  }
}
