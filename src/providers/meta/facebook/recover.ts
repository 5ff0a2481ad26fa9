import type { LostCall, Recovery, RemoteRef } from "../../publication"
import type { ProviderContext } from "../../types"
import { recoverComment } from "../comments"
import { facebookGraph } from "../facebook-login"
import { findPublished, knownIds, type PublishedMedia } from "../find-published"
import { malformed } from "../graph"
import { type Evidence, FACEBOOK, isComment } from "./publish"
import { readVideo } from "./upload"

/** How long a post may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 2 * 60_000

interface FeedPost extends PublishedMedia {
  attachments?: { data?: Attachment[] }
}

interface Attachment {
  target?: { id?: string }
  subattachments?: { data?: Attachment[] }
}

interface Story {
  post_id?: string
  media_id?: string
  url?: string
}

/**
 * What became of an armed part: a video and photos are found by their own ids,
 * a text by its words.
 */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  if (isComment(lost, lost.part)) {
    return recoverComment(FACEBOOK, facebookGraph(context), lost)
  }
  const sent = lost.evidence as Partial<Evidence>
  if (lost.placement === "story") {
    const media = sent.video ?? sent.photos?.[0]
    return media ? recoverStory(context, lost, media) : { outcome: "unknown" }
  }
  return sent.video
    ? recoverVideo(context, lost, sent.video)
    : recoverPost(context, lost, sent)
}

const STARTED = (phase: { status?: string } | undefined): boolean =>
  !!phase?.status && phase.status !== "not_started"

/** Facebook works on a video only once its upload was finished by the armed call. */
const recoverVideo = async (
  context: ProviderContext,
  { placement, armed_at }: LostCall,
  video: string
): Promise<Recovery> => {
  const status = await readVideo(context, video)
  const isTaken =
    STARTED(status.processing_phase) || STARTED(status.publishing_phase)
  if (isTaken) {
    const path = placement === "reel" ? `reel/${video}` : video
    return {
      outcome: "published",
      ref: { external_id: video, url: `https://www.facebook.com/${path}` },
    }
  }
  return notListed(armed_at, "session")
}

const notListed = (armedAt: Date, because: "session" | "listing"): Recovery =>
  Date.now() - armedAt.getTime() < LISTED_WITHIN_MS
    ? { outcome: "ask_again", at: new Date(Date.now() + 20_000) }
    : { outcome: "not_published", because }

const recoverStory = async (
  context: ProviderContext,
  { account, armed_at }: LostCall,
  media: string
): Promise<Recovery> => {
  const { data } = await facebookGraph(context).get<{ data?: Story[] }>(
    `/${account.external_id}/stories`,
    { fields: "post_id,media_id,url", limit: 25 }
  )
  if (!Array.isArray(data)) {
    throw malformed(FACEBOOK, "a list of stories")
  }
  const found = data.find(({ media_id }) => media_id === media)
  return found?.post_id
    ? {
        outcome: "published",
        ref: { external_id: found.post_id, url: found.url ?? null },
      }
    : notListed(armed_at, "listing")
}

const targetsOf = ({ target, subattachments }: Attachment): string[] => [
  ...(target?.id ? [target.id] : []),
  ...(subattachments?.data ?? []).flatMap(targetsOf),
]

const recoverPost = async (
  context: ProviderContext,
  { account, armed_at, parts }: LostCall,
  { text = "", photos = [] }: Partial<Evidence>
): Promise<Recovery> => {
  const since = armed_at.getTime()
  const feed = await facebookGraph(context).get<{ data?: FeedPost[] }>(
    `/${account.external_id}/feed`,
    {
      fields:
        "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{target{id}}}",
      since: Math.floor(since / 1000) - 60,
      limit: 25,
    }
  )
  const ref = photos.length
    ? withPhotos(feed, photos)
    : findPublished(FACEBOOK, feed, { text, since, others: knownIds(parts) })
  return ref ? { outcome: "published", ref } : notListed(armed_at, "listing")
}

/** A photo stands in one post alone. */
const withPhotos = (
  { data }: { data?: FeedPost[] },
  photos: readonly string[]
): RemoteRef | undefined => {
  if (!Array.isArray(data)) {
    throw malformed(FACEBOOK, "a list of posts")
  }
  const found = data.find(({ attachments }) =>
    (attachments?.data ?? [])
      .flatMap(targetsOf)
      .some((id) => photos.includes(id))
  )
  return found?.id
    ? { external_id: found.id, url: found.permalink_url ?? null }
    : undefined
}
