/*
 * What a service takes of a post. The server refuses by it and the dashboard
 * warns by it, so it needs neither of them.
 */

import { countGraphemes } from "./post-rules/text"

export { countGraphemes }

/** What of a post decides whether a service takes it. */
export type PostContent = {
  caption: string
  link: string | null
  mediaCount: number
}

/** What a service takes. */
export type PostLimits = {
  /** In graphemes, as a person counts. */
  max_text_length: number
  max_media: number
  supports_link: boolean
  requires_media: boolean
}

/**
 * What a service would refuse about a post.
 *
 * @param post the post
 * @param limits what the service takes
 * @param who the service or account, as a person knows it
 * @returns one sentence for each thing, none where all is well
 */
export const objectionsTo = (
  { caption, link, mediaCount }: PostContent,
  limits: PostLimits,
  who: string
): string[] => {
  const length = countGraphemes(caption)
  const objections = [
    length > limits.max_text_length &&
      `${who} takes at most ${limits.max_text_length} characters; this is ${length}.`,
    mediaCount > limits.max_media &&
      (limits.max_media === 0
        ? `${who} takes no images.`
        : `${who} takes at most ${limits.max_media} ${limits.max_media === 1 ? "image" : "images"}; this has ${mediaCount}.`),
    limits.requires_media &&
      mediaCount === 0 &&
      `${who} needs at least one image.`,
    Boolean(link) && !limits.supports_link && `${who} takes no link.`,
  ]
  return objections.filter((sentence) => typeof sentence === "string")
}
