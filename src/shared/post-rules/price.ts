import type { PostDraft } from "./draft"
import { findUrls } from "./entities"
import type { PostLimits } from "./limits"
import { publishedText } from "./link"
import { known } from "./measures"
import { type Violation, warning } from "./violations"
import { dollarsInWords } from "./words"

/**
 * What a service charges for a post, so that a person knows it before it goes out.
 *
 * @returns nothing where it charges nothing
 */
export const checkPrice = (
  draft: PostDraft,
  limits: PostLimits,
  who: string
): Violation[] => {
  const plain = known(limits.price?.part) ?? 0
  const withLink = known(limits.price?.part_with_link) ?? plain
  const links = draft.parts.filter(
    (_, part) => findUrls(publishedText(draft, part, limits)).length > 0
  ).length
  const total = links * withLink + (draft.parts.length - links) * plain
  if (!(total > 0)) {
    return []
  }
  const sum = `Publishing on ${who} costs ${dollarsInWords(total)}`
  return [
    warning({
      code: "price",
      field: "parts",
      measured: total,
      message: `${sum}${reasonOf(draft.parts.length, links, plain, withLink)}.`,
    }),
  ]
}

const reasonOf = (
  parts: number,
  links: number,
  plain: number,
  withLink: number
): string => {
  if (!links || withLink === plain) {
    return ""
  }
  const [dear, usual] = [withLink, plain].map(dollarsInWords)
  return parts > 1
    ? `: ${dear} for each part with a link, ${usual} for each other one`
    : `, and ${usual} without its link`
}
