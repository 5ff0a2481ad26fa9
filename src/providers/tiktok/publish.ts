import { isServiceError, ServiceError } from "../../errors/service-error"
import type {
  Json,
  LostCall,
  Media,
  Progress,
  PublishJob,
  Recovery,
  RemoteRef,
  UnpublishedProgress,
} from "../publication"
import type { ProviderContext } from "../types"
import { type Creator, malformed, readCreator, readOpenId } from "./creator"
import { isSimulated } from "./description"
import { ownershipRule } from "./error-rules"
import { CAPTION, photoPreset } from "./limits"
import { addressOf, listPosts, readState } from "./posts"
import type { PublishState } from "./publish-state"
import { readSettings, type TikTokSettings } from "./settings"
import {
  beginUpload,
  type Begun,
  forgetUpload,
  isComplete,
  keptUpload,
  piecesOf,
  resumeAt,
  sendAhead,
  sendLast,
  type Upload,
} from "./upload"

/** What `recover` needs of an armed part. */
interface Evidence {
  readonly [name: string]: Json | undefined
  /** Of a video, whose post TikTok knows before it has the last byte. */
  publish_id?: string
  bytes?: number
}

type Kind = "video" | "photo"

/**
 * Publishes a video or photos. A video is sent ahead of its time, piece by
 * piece; with the last one TikTok makes a post of it, once for each upload.
 * Photos it fetches from the store after one call. What becomes of either, it
 * tells only afterwards: until then the part stays armed, and `recover` asks.
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
  await job.step("account", () => requireAccount(context, job))
  const video = part.media.find(({ kind }) => kind === "video")
  return video
    ? publishVideo(context, job, settings, video)
    : publishPhotos(context, job, settings, part.media)
}

/** A consent is for one account: after another one, posts would land in the wrong place. */
const requireAccount = async (
  context: ProviderContext,
  { account }: PublishJob
): Promise<void> => {
  const { open_id, display_name } = await readOpenId(context)
  if (open_id !== account.external_id) {
    throw new ServiceError(
      "config_error",
      `The platform is connected to the TikTok account "${display_name}", and the post is for "${account.name}". Connect it again with that account.`,
      { code: "other_account" }
    )
  }
}

const rejected = (message: string, code: string): ServiceError =>
  new ServiceError("content_rejected", message, { code })

/** Asks what the account's next post may have, and holds the post against it. */
const requireCreator = async (
  context: ProviderContext,
  { account }: PublishJob,
  { privacy_level }: TikTokSettings,
  video?: Media
): Promise<Creator> => {
  const creator = await readCreator(context)
  const { privacy_level_options: offered } = creator
  if (!privacy_level || !offered.includes(privacy_level)) {
    throw rejected(
      `${account.name} does not offer the privacy ${privacy_level} at TikTok. Choose one of: ${offered.join(", ")}.`,
      "privacy_not_offered"
    )
  }
  const longest = creator.max_video_post_duration_sec
  const seconds = (video?.duration_ms ?? 0) / 1000
  if (longest && seconds > longest) {
    throw rejected(
      `${video?.name} lasts ${Math.ceil(seconds)} s, and ${account.name} may publish videos of up to ${longest} s at TikTok. Shorten it.`,
      "video_too_long"
    )
  }
  return creator
}

const publishVideo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
): Promise<Progress> => {
  const resumed = await resume(context, job, file)
  if (resumed && "progress" in resumed) {
    return resumed.progress
  }
  const upload =
    resumed?.upload ??
    (await beginUpload(
      job,
      file,
      await beginVideo(context, job, settings, file)
    ))
  const ready = await sendAhead(context, job, file, upload)
  await sendLast(context, job, file, ready)
  return look("TikTok processes the video", 0)
}

/**
 * Goes on with what an earlier attempt has begun.
 *
 * @returns null where nothing can come of it any more
 */
const resume = async (
  context: ProviderContext,
  job: PublishJob,
  file: Media
): Promise<{ upload: Upload } | { progress: Progress } | null> => {
  const kept = keptUpload(job, file)
  if (!kept) {
    return null
  }
  const state = await stateOf(context, kept.publish_id)
  if (state.state === "processing" && !isComplete(state, file.bytes)) {
    const upload = resumeAt(kept, file, state)
    if (upload) {
      return { upload }
    }
  } else if (state.state !== "failed") {
    const { publish_id, begun_at } = kept
    return {
      progress: await settle(
        context,
        job,
        "video",
        publish_id,
        state,
        begun_at
      ),
    }
  }
  await forgetUpload(job, file)
  return null
}

/** What TikTok does not know any more has come to nothing. */
const stateOf = async (
  context: ProviderContext,
  publish_id: string
): Promise<PublishState> => {
  try {
    return await readState(context, publish_id)
  } catch (error) {
    if (isServiceError(error) && error.code === "invalid_publish_id") {
      return { state: "failed", error }
    }
    throw error
  }
}

/** What an attempt that has armed nothing finds to be under way, or out. */
const settle = async (
  context: ProviderContext,
  job: PublishJob,
  kind: Kind,
  publish_id: string,
  state: Exclude<PublishState, { state: "failed" }>,
  since: number
): Promise<Progress> => {
  const found = progressOf(context, job, kind, publish_id, state, since)
  if ("external_id" in found) {
    await job.done(0, found)
    return { state: "published" }
  }
  return found
}

const beginVideo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
): Promise<Begun> => {
  const source_info = {
    source: "FILE_UPLOAD",
    video_size: file.bytes,
    ...piecesOf(file.bytes),
  }
  const isInbox = settings.post_mode === "inbox"
  const { data } = await context.request<{ data?: Begun }>(
    isInbox
      ? "/v2/post/publish/inbox/video/init/"
      : "/v2/post/publish/video/init/",
    {
      method: "POST",
      json: isInbox
        ? { source_info }
        : {
            post_info: await videoInfo(context, job, settings, file),
            source_info,
          },
    }
  )
  return data ?? {}
}

const videoInfo = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  file: Media
) => {
  const creator = await requireCreator(context, job, settings, file)
  const { poster } = file
  return {
    ...sharedInfo(settings, creator),
    title: textOf(job, "video"),
    disable_duet: !settings.allow_duet || creator.duet_disabled === true,
    disable_stitch: !settings.allow_stitch || creator.stitch_disabled === true,
    is_aigc: settings.ai_generated,
    ...(poster &&
      "at_ms" in poster && { video_cover_timestamp_ms: poster.at_ms }),
  }
}

const sharedInfo = (settings: TikTokSettings, creator: Creator) => ({
  privacy_level: settings.privacy_level,
  disable_comment:
    !settings.allow_comments || creator.comment_disabled === true,
  brand_content_toggle: settings.branded_content,
  brand_organic_toggle: settings.your_brand,
})

const textOf = (
  { parts: [{ text }] }: Pick<PublishJob, "parts">,
  kind: Kind
) => {
  if (text.length > CAPTION[kind]) {
    throw rejected(
      `The text has ${text.length} characters, and TikTok takes up to ${CAPTION[kind]} with a ${kind}. Shorten it.`,
      "text_too_long"
    )
  }
  return text
}

/** How long TikTok may take to fetch a photo, in s; after an hour it gives up. */
const FETCH_SECONDS = 2 * 60 * 60

/** What TikTok calls the photos' post, once it has taken them. */
const PHOTOS = "photos"

const publishPhotos = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  photos: readonly Media[]
): Promise<Progress> => {
  const kept = job.kept<{ publish_id: string; at: number }>(PHOTOS)
  if (kept) {
    const state = await stateOf(context, kept.publish_id)
    if (state.state !== "failed") {
      return settle(context, job, "photo", kept.publish_id, state, kept.at)
    }
    await job.forget(PHOTOS)
  }
  const { body, prefix } = await photosBody(context, job, settings, photos)
  await job.arm(0, {})
  const { data } = await context.request<{ data?: Begun }>(
    "/v2/post/publish/content/init/",
    {
      method: "POST",
      json: body,
      error_rules: [ownershipRule(prefix)],
    }
  )
  if (!data?.publish_id) {
    throw malformed("the id of the post")
  }
  await job.save(PHOTOS, { publish_id: data.publish_id, at: Date.now() })
  return look("TikTok fetches the photos", 0)
}

const photosBody = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  photos: readonly Media[]
) => {
  const isInbox = settings.post_mode === "inbox"
  if (settings.ai_generated && !isInbox) {
    throw rejected(
      "TikTok's API marks videos alone as AI-generated. Send the photos to the inbox, and mark them in the app.",
      "photos_not_marked"
    )
  }
  const creator = isInbox
    ? undefined
    : await requireCreator(context, job, settings)
  const photo_images: string[] = []
  for (const photo of photos) {
    photo_images.push(
      await (await photo.as(photoPreset(photo))).publicUrl(FETCH_SECONDS)
    )
  }
  const prefix = prefixOf(context, photo_images[0])
  return {
    prefix,
    body: {
      media_type: "PHOTO",
      post_mode: isInbox ? "MEDIA_UPLOAD" : "DIRECT_POST",
      post_info: {
        title: settings.title ?? "",
        description: textOf(job, "photo"),
        ...(creator && {
          ...sharedInfo(settings, creator),
          auto_add_music: settings.add_music,
        }),
      },
      source_info: {
        source: "PULL_FROM_URL",
        photo_cover_index: 0,
        photo_images,
      },
    },
  }
}

/** What has to be verified at TikTok: below it are all of the store's files. */
const prefixOf = (
  { settings }: ProviderContext,
  address: string | undefined
): string => {
  if (!address) {
    throw rejected(
      "The post has no video and no photo, and TikTok takes nothing else. Add one.",
      "media_required"
    )
  }
  const { protocol, href } = new URL(address)
  if (protocol !== "https:" && !isSimulated(settings)) {
    throw new ServiceError(
      "config_error",
      'TikTok fetches photos from addresses with https:// alone, and the store\'s is another one. Set the plugin option "backend_url" or SOCIAL_PLATFORMS_BACKEND_URL.',
      { code: "insecure_address" }
    )
  }
  return /^.*?\/social-media\//.exec(href)?.[0] ?? new URL("/", href).href
}

/** How long TikTok may work on a post, in ms: its review may take hours. */
const PATIENCE_MS = 24 * 60 * 60_000

/** After so many ms, how far a post has come is asked again so much later. */
const PACE: readonly (readonly [age: number, wait: number])[] = [
  [0, 5_000],
  [30_000, 10_000],
  [2 * 60_000, 30_000],
  [10 * 60_000, 5 * 60_000],
]

/** @param age - of what is waited for, in ms; what has just begun is asked for at once */
const look = (why: string, age: number): UnpublishedProgress => {
  const [, wait] = PACE.filter(([from]) => age >= from).at(-1) ?? PACE[0]
  return {
    state: "wait",
    why,
    until: new Date(Date.now() + (age > 0 ? wait : 0)),
    giveUpAt: new Date(Date.now() - age + PATIENCE_MS),
  }
}

/** How long the public id of a post is waited for, in ms: it is out before TikTok tells it. */
const ID_PATIENCE_MS = 10 * 60_000

/** What TikTok says of a post, as far as it goes: where it is, once it is out. */
const progressOf = (
  context: ProviderContext,
  { account, settings }: Pick<PublishJob, "account" | "settings">,
  kind: Kind,
  publish_id: string,
  state: Exclude<PublishState, { state: "failed" }>,
  since: number
): RemoteRef | UnpublishedProgress => {
  const age = Math.max(1, Date.now() - since)
  switch (state.state) {
    case "inbox":
      return {
        state: "handed_over",
        why: `It lies in the TikTok inbox of ${account.name}: open the notification in TikTok's app, finish it there and publish`,
      }
    case "processing":
      return look(
        kind === "video"
          ? "TikTok processes the video"
          : "TikTok fetches the photos",
        age
      )
    case "published": {
      const { post_id } = state
      if (post_id) {
        return {
          external_id: post_id,
          url: addressOf(context, account, kind, post_id),
        }
      }
      const isPublic = settings.privacy_level === "PUBLIC_TO_EVERYONE"
      return isPublic && age < ID_PATIENCE_MS
        ? look("TikTok reviews the post", age)
        : { external_id: publish_id, url: null }
    }
  }
}

/** What became of an armed part: TikTok tells by the id of the upload, or of the photos' post. */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const { publish_id, bytes } = lost.evidence as Evidence
  const kept = lost.kept<{ publish_id: string }>(PHOTOS)
  const id = publish_id ?? kept?.publish_id
  if (!id) {
    return findPhotos(context, lost)
  }
  const state = await stateOf(context, id)
  if (state.state === "failed") {
    return state.error.code === "invalid_publish_id"
      ? { outcome: "unknown" }
      : { outcome: "not_published", because: "session", error: state.error }
  }
  if (isHalf(state, bytes)) {
    return { outcome: "not_published", because: "session" }
  }
  const kind = publish_id ? "video" : "photo"
  const found = progressOf(
    context,
    lost,
    kind,
    id,
    state,
    lost.armed_at.getTime()
  )
  return "external_id" in found
    ? { outcome: "published", ref: found }
    : { outcome: "taken", progress: found }
}

/** An upload without its last bytes is no post; they can be sent once more, to the same one. */
const isHalf = (state: PublishState, bytes: number | undefined): boolean =>
  state.state === "processing" &&
  state.uploaded_bytes !== null &&
  bytes !== undefined &&
  state.uploaded_bytes < bytes

/** How long photos may take until they are listed, in ms. */
const LISTED_WITHIN_MS = 30 * 60_000

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 60_000

/** Photos whose response got lost have no id: what is public is listed, with its text. */
const findPhotos = async (
  context: ProviderContext,
  { account, armed_at, parts: [{ text }], settings }: LostCall
): Promise<Recovery> => {
  const since = armed_at.getTime() - CLOCK_SKEW_MS
  const title = String(settings.title ?? "")
  if (
    settings.privacy_level !== "PUBLIC_TO_EVERYONE" ||
    !(text.trim() || title)
  ) {
    return { outcome: "unknown" }
  }
  const posts = await listPosts(context, [
    "id",
    "create_time",
    "title",
    "video_description",
  ])
  const [found, another] = posts.filter(
    (post) =>
      (post.create_time ?? 0) * 1000 >= since &&
      (text.trim()
        ? post.video_description?.trim() === text.trim()
        : post.title === title)
  )
  if (found && !another) {
    return {
      outcome: "published",
      ref: {
        external_id: found.id,
        url: addressOf(context, account, "photo", found.id),
      },
    }
  }
  return Date.now() - armed_at.getTime() < LISTED_WITHIN_MS
    ? { outcome: "ask_again", at: new Date(Date.now() + 60_000) }
    : { outcome: "unknown" }
}
