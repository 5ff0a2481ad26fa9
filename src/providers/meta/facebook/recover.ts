import type { LostCall, Recovery, RemoteRef } from "../../publication"
import type { ProviderContext } from "../../types"
import { recoverComment } from "../comments"
import { facebookGraph } from "../facebook-login"
import { findPublished, knownIds, type PublishedMedia } from "../find-published"
import { COMMENTS, type Evidence, isComment, refOfVideo } from "./publish"
import {
  confirmedName,
  fateOf,
  processingError,
  readVideo,
  videoWait,
  WATCHED_MS,
} from "./video-state"

/** How long a post may take until it is listed, in ms. */
const LISTED_WITHIN_MS = 2 * 60_000

/** A story ends after a day, and need not be listed any more, in ms. */
const STORY_LISTED_MS = 23 * 60 * 60_000

/** From when on is listed, in s since the epoch: clocks differ. */
const sinceOf = (armedAt: Date): number =>
  Math.floor(armedAt.getTime() / 1000) - 60

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
    return recoverComment(COMMENTS, facebookGraph(context), lost)
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

/** Facebook works on a video only once its upload was finished by the armed call. */
const recoverVideo = async (
  context: ProviderContext,
  { part, placement, armed_at, kept }: LostCall,
  video: string
): Promise<Recovery> => {
  const status = await readVideo(context, video)
  const fate = fateOf(status)
  const file = part.media[0]?.name ?? "the video"
  if (fate === "failed") {
    const error = processingError(file, status)
    return { outcome: "not_published", because: "session", error }
  }
  if (fate === "idle" && !kept(confirmedName(video))) {
    return notListed(armed_at, "session")
  }
  const since = armed_at.getTime()
  return fate === "public" || Date.now() - since > WATCHED_MS
    ? { outcome: "published", ref: refOfVideo(placement, video) }
    : { outcome: "taken", progress: videoWait(file, since) }
}

/**
 * What is not listed yet may be in a moment; later it is not there, if all that
 * there is was listed.
 */
const notListed = (
  armedAt: Date,
  because: "session" | "listing",
  isWhole = true
): Recovery => {
  if (Date.now() - armedAt.getTime() < LISTED_WITHIN_MS) {
    return { outcome: "ask_again", at: new Date(Date.now() + 20_000) }
  }
  return isWhole
    ? { outcome: "not_published", because }
    : { outcome: "unknown" }
}

const recoverStory = async (
  context: ProviderContext,
  { account, armed_at }: LostCall,
  media: string
): Promise<Recovery> => {
  const stories = await facebookGraph(context).all<Story>(
    `/${account.external_id}/stories`,
    { fields: "post_id,media_id,url", since: sinceOf(armed_at) }
  )
  const found = stories.entries.find(({ media_id }) => media_id === media)
  const mayHaveEnded = Date.now() - armed_at.getTime() > STORY_LISTED_MS
  return found?.post_id
    ? {
        outcome: "published",
        ref: { external_id: found.post_id, url: found.url ?? null },
      }
    : notListed(armed_at, "listing", stories.is_whole && !mayHaveEnded)
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
  const feed = await facebookGraph(context).all<FeedPost>(
    `/${account.external_id}/feed`,
    {
      fields:
        "id,message,created_time,permalink_url,attachments{media_type,target{id},subattachments{target{id}}}",
      since: sinceOf(armed_at),
    }
  )
  const ref = photos.length
    ? withPhotos(feed.entries, photos)
    : findPublished(feed.entries, {
        text,
        since: armed_at.getTime(),
        others: knownIds(parts),
      })
  return ref
    ? { outcome: "published", ref }
    : notListed(armed_at, "listing", feed.is_whole)
}

/** A photo stands in one post alone. */
const withPhotos = (
  posts: readonly FeedPost[],
  photos: readonly string[]
): RemoteRef | undefined => {
  const found = posts.find(({ attachments }) =>
    (attachments?.data ?? [])
      .flatMap(targetsOf)
      .some((id) => photos.includes(id))
  )
  return found?.id
    ? { external_id: found.id, url: found.permalink_url ?? null }
    : undefined
}
