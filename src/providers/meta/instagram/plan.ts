import { ServiceError } from "../../../errors/service-error"
import type { Media, PublicationPart, PublishJob } from "../../publication"
import type { ContainerDraft, ContainerPlan } from "../containers"
import type { GraphFields } from "../graph"
import {
  feedRatio,
  imagePreset,
  type InstagramSettings,
  usualOf,
} from "./settings"

type Target = Pick<PublishJob, "placement" | "account">

/**
 * A video of a carousel. Meta's documents name both this and none at all; for a
 * video alone it has not been taken since November 2023.
 */
const CAROUSEL_VIDEO = "VIDEO"

/** What is made of a part: a story, a reel, an image or a carousel. */
export const planOf = async (
  target: Target,
  settings: InstagramSettings,
  { media, text }: PublicationPart
): Promise<ContainerPlan> => {
  const { placement, account } = target
  const [first] = media
  if (!first) {
    throw new ServiceError(
      "content_rejected",
      "Instagram takes no post and no story without an image or a video. Add one.",
      { code: "media_required" }
    )
  }
  if (placement === "story") {
    return { items: [await storyOf(account, first, settings)] }
  }
  requireFitting(target, settings, media)
  const post: GraphFields = {
    caption: text || undefined,
    collaborators: listed(settings.collaborators),
    location_id: settings.location_id,
  }
  if (media.length === 1) {
    return {
      items: [
        first.kind === "video"
          ? await reelOf(target, first, settings, post)
          : await imageOf(account, first, settings, 0, post),
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
        : await imageOf(account, file, settings, index, {
            is_carousel_item: true,
          })
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

/** Meta wants a position in an image. */
const placed = <T extends { x?: number; y?: number }>(tag: T): T => ({
  ...tag,
  x: tag.x ?? 0.5,
  y: tag.y ?? 0.5,
})

const refuse = (message: string): never => {
  throw new ServiceError("content_rejected", message, {
    code: "unsuitable_settings",
  })
}

/**
 * What Instagram would leave out, or refuse only after all files were made.
 *
 * @throws {ServiceError} `content_rejected`
 */
const requireFitting = (
  { account }: Target,
  { collaborators = [], user_tags = [], product_tags = [] }: InstagramSettings,
  media: readonly Media[]
): void => {
  const { max_collaborators, max_product_tags } = usualOf(account.facts)
  if (collaborators.length > max_collaborators) {
    refuse(
      `Instagram takes ${max_collaborators} collaborators, and the post has ${collaborators.length}. Remove some.`
    )
  }
  for (const { file } of [...user_tags, ...product_tags]) {
    const tagged = media.at(file - 1)
    if (!tagged) {
      refuse(
        `A tag is for file ${file}, and the post has ${media.length}. Change the position of its file.`
      )
    }
    if (media.length > 1 && tagged?.kind === "video") {
      refuse(
        `Instagram takes no tags in a carousel's video, ${tagged.name}. Remove those of file ${file}.`
      )
    }
  }
  for (const [index, { name }] of media.entries()) {
    const count = ofFile(product_tags, index)?.length ?? 0
    if (count > max_product_tags) {
      refuse(
        `Instagram takes ${max_product_tags} product tags in a file, and ${name} has ${count}. Remove some.`
      )
    }
  }
}

const imageOf = async (
  account: Target["account"],
  file: Media,
  { fit, user_tags, product_tags }: InstagramSettings,
  index: number,
  more: GraphFields
): Promise<ContainerDraft> => ({
  fields: {
    ...more,
    alt_text: file.alt_text ?? undefined,
    user_tags: listed(ofFile(user_tags, index)?.map(placed)),
    product_tags: listed(ofFile(product_tags, index)?.map(placed)),
  },
  files: {
    image_url: await file.as({
      ...imagePreset(account),
      ratio: feedRatio(account),
      fit,
    }),
  },
  pace: "image",
  label: file.name,
})

const storyOf = async (
  account: Target["account"],
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
      : { image_url: await file.as(imagePreset(account)) },
    pace: isVideo ? "video" : "image",
    label: file.name,
  }
}

/** A video of the feed is a reel that the profile's grid shows, too. */
const reelOf = async (
  { placement, account }: Target,
  file: Media,
  { share_to_feed, audio_name, user_tags, product_tags }: InstagramSettings,
  post: GraphFields
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
          cover_url: await poster.media.as(imagePreset(account)),
        }),
    },
    pace: "video",
    label: file.name,
  }
}
