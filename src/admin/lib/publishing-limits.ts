import { objectionsTo, type PostContent } from "../../shared/post-rules"
import type { PublishingFacts } from "../../shared/api-types"

export type PublishingTarget = {
  /** What the person knows it by, for messages. */
  label: string
  facts: PublishingFacts
}

export type TextLimit = { label: string; max: number }

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
 * @param post the post
 * @param targets the services that the post goes to
 * @returns sentences for the person who writes, each once
 */
export const publishingProblems = (
  post: PostContent,
  targets: PublishingTarget[]
): string[] => [
  ...new Set(
    targets.flatMap(({ label, facts }) => objectionsTo(post, facts, label))
  ),
]
