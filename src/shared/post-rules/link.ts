import type { PostDraft } from "./draft"
import type { LinkPolicy, PostLimits } from "./limits"
import { checkCard } from "./link-card"
import { known } from "./measures"
import type { XCounter } from "./text"
import { refusal, type Violation, warning } from "./violations"
import { lengthInWords, numberInWords } from "./words"
import { findUrls } from "./entities"

/** As much of a post as its texts are made of: a draft, or a publication. */
export interface TextSource {
  link: string | null
  /** The post itself first. */
  parts: readonly { text: string; media: readonly unknown[] }[]
}

/**
 * The text of a part as it goes out: the post's own has the link at its end
 * where the account's links go into the text, unless it is there already. A
 * provider sends just this, so that what was counted is what is sent.
 *
 * @param draft the post
 * @param part index of the part
 * @param limits what the account takes
 * @returns the text, in the form in which it is counted
 */
export const publishedText = (
  draft: TextSource,
  part: number,
  limits: PostLimits
): string => {
  const text = draft.parts[part]?.text ?? ""
  const { link } = draft
  if (part > 0 || !link || !goesIntoText(draft, limits.link)) {
    return text
  }
  if (findUrls(text).includes(link)) {
    return text
  }
  return text.trim() ? `${text.trimEnd()}\n\n${link}` : link
}

const goesIntoText = (draft: TextSource, policy: LinkPolicy): boolean =>
  policy.place === "text" ||
  ("excludes_media" in policy &&
    Boolean(policy.excludes_media) &&
    Boolean(draft.parts[0]?.media.length))

const ADVICE: Record<Extract<LinkPolicy, { place: "none" }>["advice"], string> =
  {
    bio: "Put it into the profile's bio instead.",
    comment: "Put it into the first comment instead.",
    sticker: "Add it as a sticker in the app instead.",
  }

/** What is wrong about a post's link, and about links in its texts. */
export const checkLink = (
  draft: PostDraft,
  { link: policy }: PostLimits,
  who: string,
  countXWeighted: XCounter
): Violation[] => {
  if (policy.place === "card" && draft.link && !goesIntoText(draft, policy)) {
    return checkCard(draft, policy, who, countXWeighted)
  }
  if (policy.place === "field" && !goesIntoText(draft, policy)) {
    return checkLength(draft.link ?? "", known(policy.max), who)
  }
  if (policy.place !== "none") {
    return []
  }
  const advice = ADVICE[policy.advice]
  const leftOut = warning({
    code: "link_left_out",
    field: "link",
    measured: draft.link,
    message: `${who} has no place for a link, so the post goes out without it. ${advice}`,
  })
  const notClickable = draft.parts.flatMap(({ text }, part) =>
    findUrls(text)
      .slice(0, 1)
      .map((url) =>
        warning({
          code: "link_not_clickable",
          field: "text",
          part,
          measured: url,
          message: `Nobody can click ${url} at ${who}: links in a text are plain words there. ${advice}`,
        })
      )
  )
  return [...(draft.link ? [leftOut] : []), ...notClickable]
}

const checkLength = (
  link: string,
  max: number | null,
  who: string
): Violation[] =>
  max !== null && link.length > max
    ? [
        refusal({
          code: "link_too_long",
          field: "link",
          allowed: max,
          measured: link.length,
          message: `The link is ${lengthInWords(link.length, "utf16")}; ${who} takes up to ${numberInWords(max)}.`,
        }),
      ]
    : []
