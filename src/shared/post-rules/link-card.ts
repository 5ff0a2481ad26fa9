import type { CardFacts, MediaFacts, PostDraft } from "./draft"
import type { LinkPolicy } from "./limits"
import { known } from "./measures"
import { countByRule, type XCounter } from "./text"
import { type Violation, warning } from "./violations"
import {
  lengthInWords,
  listInWords,
  numberInWords,
  sizesInWords,
} from "./words"

/** A preview that is made of what we send. */
export type CardPolicy = Extract<LinkPolicy, { place: "card" }>

const WORDS = {
  title: "title",
  description: "description",
  image: "picture",
} as const

/**
 * What becomes of a link's card otherwise than meant. Nothing is refused for
 * it: the post is not about the card.
 *
 * @param card what it is made of; undefined where that is not known yet
 */
export const checkCard = (
  { card }: Pick<PostDraft, "card">,
  policy: CardPolicy,
  who: string,
  countXWeighted: XCounter
): Violation[] =>
  card
    ? [
        ...checkNeeds(card, policy, who),
        ...checkTexts(card, policy, who, countXWeighted),
        ...checkPicture(card, policy, who),
      ]
    : []

const checkNeeds = (
  card: CardFacts,
  { needs }: CardPolicy,
  who: string
): Violation[] => {
  const wanted = needs.map((member) => WORDS[member])
  const missing = needs
    .filter((member) =>
      member === "image" ? !card.image : !card[member]?.trim()
    )
    .map((member) => WORDS[member])
  return missing.length
    ? [
        warning({
          code: "link_card_incomplete",
          field: "link",
          allowed: wanted,
          measured: missing,
          message: `${who} shows the link as a card of ${listInWords(wanted, "and")}, and this one has no ${listInWords(missing)}: they come from the first product that is linked to the post.`,
        }),
      ]
    : []
}

const checkTexts = (
  card: CardFacts,
  policy: CardPolicy,
  who: string,
  countXWeighted: XCounter
): Violation[] =>
  (["title", "description"] as const).flatMap((member) => {
    const rule = policy[member]
    const max = known(rule?.max)
    const measured =
      rule && countByRule(card[member] ?? "", rule, countXWeighted)
    return max !== null && measured != null && measured > max
      ? [
          warning({
            code: "link_card_cut",
            field: "link",
            allowed: max,
            measured,
            message: `The ${member} of the link's card is ${lengthInWords(measured, rule!.unit)}; ${who} shows the first ${numberInWords(max)}.`,
          }),
        ]
      : []
  })

const checkPicture = (
  { image }: CardFacts,
  policy: CardPolicy,
  who: string
): Violation[] => {
  const [allowed, measured] = [
    known(policy.image_max_bytes),
    known(image?.bytes),
  ]
  if (
    !image ||
    allowed === null ||
    measured === null ||
    takesPicture(policy, image)
  ) {
    return []
  }
  const [is, most] = sizesInWords(measured, allowed)
  return [
    warning({
      code: "link_card_picture_too_large",
      field: "link",
      allowed,
      measured,
      message: `The picture of the link's card${image.name ? `, ${image.name},` : ""} is ${is}; ${who} takes up to ${most}, so the card goes out without it.`,
    }),
  ]
}

/**
 * Whether a card can have a picture. Where it cannot, the card goes out without.
 *
 * @param policy where the account's link goes
 * @param image the picture
 */
export const takesPicture = (
  policy: LinkPolicy,
  { kind, bytes }: Pick<MediaFacts, "kind" | "bytes">
): boolean => {
  if (policy.place !== "card") {
    return true
  }
  const [max, measured] = [known(policy.image_max_bytes), known(bytes)]
  return (
    max === null ||
    measured === null ||
    measured <= max ||
    // What moves stays as it is.
    (policy.shrinks_image === true && kind === "image")
  )
}
