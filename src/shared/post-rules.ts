/*
 * What a service takes of a post. The server refuses by it and the dashboard
 * warns by it, so it needs neither of them.
 */

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

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/**
 * Counts characters as a reader sees them: a family emoji is one.
 *
 * @param text any text
 * @returns the number of graphemes
 */
export const countGraphemes = (text: string): number =>
  [...segmenter.segment(text)].length

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
