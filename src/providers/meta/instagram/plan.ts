import { ServiceError } from "../../../errors/service-error"
import type { Media, PublicationPart, PublishJob } from "../../publication"
import type { ContainerDraft, ContainerPlan } from "../containers"
import type { GraphFields } from "../graph"
import { FEED_RATIO, IMAGE_PRESET, type InstagramSettings } from "./settings"

/**
 * A video of a carousel. Meta's documents name both this and none at all; for a
 * video alone it has not been taken since November 2023.
 */
const CAROUSEL_VIDEO = "VIDEO"

/** What is made of a part: a story, a reel, an image or a carousel. */
export const planOf = async (
  { placement }: Pick<PublishJob, "placement">,
  settings: InstagramSettings,
  { media, text }: PublicationPart
): Promise<ContainerPlan> => {
  const [first] = media
  if (!first) {
    throw new ServiceError(
      "content_rejected",
      "Instagram takes no post and no story without an image or a video. Add one.",
      { code: "media_required" }
    )
  }
  if (placement === "story") {
    return { items: [await storyOf(first, settings)] }
  }
  const post: GraphFields = {
    caption: text || undefined,
    collaborators: listed(settings.collaborators),
    location_id: settings.location_id,
  }
  if (media.length === 1) {
    return {
      items: [
        first.kind === "video"
          ? await reelOf(first, settings, post, placement)
          : await imageOf(first, settings, 0, post),
      ],
    }
  }
  const items: ContainerDraft[] = []
  for (const [index, file] of media.entries()) {
    items.push(
      file.kind === "video"
        ? {
            fields: { media_type: CAROUSEL_VIDEO, is_carousel_item: true },
            files: { video_url: file },
            pace: "video",
            label: file.name,
          }
        : await imageOf(file, settings, index, { is_carousel_item: true })
    )
  }
  return {
    items,
    around: (children) => ({
      fields: {
        media_type: "CAROUSEL",
        children: children.join(","),
        ...post,
      },
      files: {},
      pace: "image",
      label: "the carousel",
    }),
  }
}

const listed = (values: readonly unknown[] | undefined): string | undefined =>
  values?.length ? JSON.stringify(values) : undefined

/** The tags of one file, without its position. */
const ofFile = <T extends { file: number }>(
  tags: readonly T[] | undefined,
  index: number
): Omit<T, "file">[] | undefined =>
  tags
    ?.filter(({ file }) => file === index + 1)
    .map(({ file: _, ...tag }) => tag)

const imageOf = async (
  file: Media,
  { fit, user_tags, product_tags }: InstagramSettings,
  index: number,
  more: GraphFields
): Promise<ContainerDraft> => ({
  fields: {
    ...more,
    alt_text: file.alt_text ?? undefined,
    user_tags: listed(ofFile(user_tags, index)),
    product_tags: listed(ofFile(product_tags, index)),
  },
  files: {
    image_url: await file.as({ ...IMAGE_PRESET, ratio: FEED_RATIO, fit }),
  },
  pace: "image",
  label: file.name,
})

const storyOf = async (
  file: Media,
  { user_tags }: InstagramSettings
): Promise<ContainerDraft> => {
  const isVideo = file.kind === "video"
  return {
    fields: {
      media_type: "STORIES",
      user_tags: listed(ofFile(user_tags, 0)),
    },
    files: isVideo
      ? { video_url: file }
      : { image_url: await file.as(IMAGE_PRESET) },
    pace: isVideo ? "video" : "image",
    label: file.name,
  }
}

/** A video of the feed is a reel that the profile's grid shows, too. */
const reelOf = async (
  file: Media,
  { share_to_feed, audio_name, user_tags, product_tags }: InstagramSettings,
  post: GraphFields,
  placement: string
): Promise<ContainerDraft> => {
  const { poster } = file
  return {
    fields: {
      media_type: "REELS",
      ...post,
      share_to_feed: share_to_feed ?? placement !== "reel",
      audio_name,
      user_tags: listed(
        ofFile(user_tags, 0)?.map(({ username }) => ({ username }))
      ),
      product_tags: listed(
        ofFile(product_tags, 0)?.map(({ product_id }) => ({ product_id }))
      ),
      thumb_offset: poster && "at_ms" in poster ? poster.at_ms : undefined,
    },
    files: {
      video_url: file,
      ...(poster &&
        "media" in poster && {
          cover_url: await poster.media.as(IMAGE_PRESET),
        }),
    },
    pace: "video",
    label: file.name,
  }
}
