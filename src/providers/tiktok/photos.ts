import { ServiceError } from "../../errors/service-error"
import type {
  LostCall,
  Media,
  Progress,
  PublishJob,
  Recovery,
} from "../publication"
import type { ProviderContext } from "../types"
import { malformed } from "./creator"
import { isSimulated } from "./description"
import { ownershipRule } from "./error-rules"
import { photoPreset } from "./limits"
import { rejected, requireCreator, sharedInfo, textOf } from "./post-info"
import { addressOf, listPosts } from "./posts"
import { look, settle, stateOf } from "./progress"
import type { TikTokSettings } from "./settings"
import type { Begun } from "./upload"

/** How long TikTok may take to fetch a photo, in s; after an hour it gives up. */
const FETCH_SECONDS = 2 * 60 * 60

/** What TikTok calls the photos' post, once it has taken them. */
const PHOTOS = "photos"

export const publishPhotos = async (
  context: ProviderContext,
  job: PublishJob,
  settings: TikTokSettings,
  photos: readonly Media[]
): Promise<Progress> => {
  const kept = keptPhotos(job)
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

/** What TikTok has called the photos' post; undefined where its response got lost. */
export const keptPhotos = ({ kept }: Pick<LostCall, "kept">) =>
  kept<KeptPhotos>(PHOTOS)

interface KeptPhotos {
  readonly [name: string]: string | number
  publish_id: string
  /** In ms since the epoch. */
  at: number
}

/** How long photos may take until they are listed, in ms. */
const LISTED_WITHIN_MS = 30 * 60_000

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 60_000

/** Photos whose response got lost have no id: what is public is listed, with its text. */
export const findPhotos = async (
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
