import type { PublishingFacts } from "../types"
import { countOf } from "./format"

export type PublishingTarget = {
  /** What the person knows it by, for messages. */
  label: string
  facts: PublishingFacts
}

export type TextLimit = { label: string; max: number }

const segmenter =
  typeof Intl.Segmenter === "function"
    ? new Intl.Segmenter(undefined, { granularity: "grapheme" })
    : null

/**
 * Counts characters as a reader sees them: a family emoji is one.
 *
 * @param text any text
 * @returns the number of graphemes
 */
export const countCharacters = (text: string): number =>
  segmenter ? [...segmenter.segment(text)].length : [...text].length

/**
 * The lowest text limit among the chosen services.
 *
 * @param targets the services that the post goes to
 * @returns the limit in characters and whose it is, or `null` without a service
 */
export const strictestTextLimit = (
  targets: PublishingTarget[]
): TextLimit | null =>
  targets.reduce<TextLimit | null>((strictest, { label, facts }) => {
    const isLower = !strictest || facts.max_text_length < strictest.max
    return isLower ? { label, max: facts.max_text_length } : strictest
  }, null)

/**
 * What the chosen services would refuse about a post.
 *
 * @param post the caption, the link and the images
 * @param targets the services that the post goes to
 * @returns sentences for the person who writes, none where all is well
 */
export const publishingProblems = (
  post: { caption: string; link: string; mediaCount: number },
  targets: PublishingTarget[]
): string[] => {
  const length = countCharacters(post.caption)
  const problems = targets.flatMap(({ label, facts }) => [
    length > facts.max_text_length &&
      `${label} takes at most ${facts.max_text_length} characters; this is ${length}.`,
    post.mediaCount > facts.max_media &&
      (facts.max_media === 0
        ? `${label} takes no images.`
        : `${label} takes at most ${countOf(facts.max_media, "image")}; this has ${post.mediaCount}.`),
    facts.requires_media &&
      post.mediaCount === 0 &&
      `${label} needs at least one image.`,
    Boolean(post.link) && !facts.supports_link && `${label} takes no link.`,
  ])
  return [...new Set(problems.filter((text): text is string => Boolean(text)))]
}
