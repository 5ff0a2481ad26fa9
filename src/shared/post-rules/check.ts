import { checkCommunity, type PatternFinder } from "./check-community"
import { checkMedia } from "./check-media"
import type { PostDraft } from "./draft"
import {
  findCashtags,
  findHashtags,
  findMentions,
  findPhoneNumbers,
  findUrls,
} from "./entities"
import type { PostLimits, TextRule } from "./limits"
import { checkLink, publishedText } from "./link"
import { appliesTo, countByRule, type XCounter } from "./text"
import { known } from "./measures"
import { checkPrice } from "./price"
import { refusal, type Violation, warning } from "./violations"
import {
  countInWords,
  durationInWords,
  lengthInWords,
  numberInWords,
} from "./words"

/**
 * What an account would refuse about a post, or take otherwise than meant. The
 * server refuses by it and the dashboard shows it while a person writes.
 *
 * @param draft the post as it is to go to the account
 * @param limits what the account takes
 * @param who the service or account, as a person knows it
 * @param countXWeighted X's counter, of `x-weighted.ts`; with null, limits in its
 * unit are left out: for a dashboard that is still loading it
 * @param findsOne finds a community's expressions; without it they are left to
 * the server
 * @returns what was found, in the order of the post; nothing where all is well
 */
export const checkPost = (
  draft: PostDraft,
  limits: PostLimits,
  who: string,
  countXWeighted: XCounter,
  findsOne?: PatternFinder
): Violation[] => [
  ...checkParts(draft, limits, who),
  ...checkTitle(draft, limits, who, countXWeighted),
  ...draft.parts.flatMap((_, part) => [
    ...checkText(draft, part, limits, who, countXWeighted),
    ...checkEntities(draft, part, limits, who),
    ...checkPhoneNumbers(draft, part, limits, who),
    ...checkMedia(draft, part, limits, who, countXWeighted),
  ]),
  ...checkLink(draft, limits, who, countXWeighted),
  ...checkCommunity(draft, limits, findsOne),
  ...checkPrice(draft, limits, who),
]

/** How a sentence names the text of a part. */
const subjectOf = (
  { parts }: PostDraft,
  part: number,
  limits: PostLimits
): string => {
  if (limits.parts.as === "thread" && parts.length > 1) {
    return `Part ${part + 1} of the thread`
  }
  return part > 0 ? `Comment ${part}` : "The text"
}

const MANY_PARTS: Record<PostLimits["parts"]["as"], string> = {
  thread: "parts in a thread",
  comment: "parts, the post and its comments together",
  none: "part: the post alone",
}

const checkParts = (
  draft: PostDraft,
  limits: PostLimits,
  who: string
): Violation[] => {
  const { max, as } = limits.parts
  const most = as === "none" ? 1 : known(max)
  const measured = draft.parts.length
  const tooMany =
    most !== null && measured > most
      ? [
          refusal({
            code: "too_many_parts",
            field: "parts",
            allowed: most,
            measured,
            message: `The post has ${countInWords(measured, "part")}; ${who} takes up to ${most} ${MANY_PARTS[as]}.`,
          }),
        ]
      : []
  // A post without any part lacks its first one.
  const parts = Array.from({ length: Math.max(measured, 1) }, (_, part) => [
    ...checkPresence(draft, part, limits, who),
    ...checkDelay(draft, part, limits, who),
  ])
  return [...tooMany, ...parts.flat()]
}

const checkPresence = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string
): Violation[] => {
  if (!isEmpty(draft, part)) {
    return []
  }
  const message =
    part === 0
      ? `The post for ${who} has neither text nor media. Write something or add a file.`
      : `${subjectOf(draft, part, limits)} has neither text nor media. Write something, or remove it.`
  return [refusal({ code: "empty", field: "text", part, message })]
}

const checkDelay = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string
): Violation[] => {
  const measured = known(draft.parts[part]?.delay_s)
  const allowed = known(limits.parts.min_delay_s)
  return part > 0 && measured !== null && allowed !== null && measured < allowed
    ? [
        refusal({
          code: "delay_too_short",
          field: "parts",
          part,
          allowed,
          measured,
          message: `${subjectOf(draft, part, limits)} follows after ${durationInWords(measured)}; ${who} takes it after ${durationInWords(allowed)} at the earliest.`,
        }),
      ]
    : []
}

const isEmpty = ({ parts, title, link }: PostDraft, part: number): boolean =>
  !parts[part]?.text.trim() &&
  !parts[part]?.media.length &&
  (part > 0 || (!title?.trim() && !link))

const checkTitle = (
  draft: PostDraft,
  limits: PostLimits,
  who: string,
  countXWeighted: XCounter
): Violation[] =>
  rulesFor(limits.text, "title", draft, 0).flatMap((rule) =>
    checkLength(
      { text: draft.title ?? "", subject: "The title", part: null },
      rule,
      who,
      countXWeighted
    )
  )

const checkText = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string,
  countXWeighted: XCounter
): Violation[] => {
  const rules = (part > 0 && limits.parts.text) || limits.text
  const text = publishedText(draft, part, limits)
  const hasLinkAdded = text !== draft.parts[part].text
  const subject = `${subjectOf(draft, part, limits)}${hasLinkAdded ? " with its link" : ""}`
  return rulesFor(rules, "text", draft, part).flatMap((rule) =>
    checkLength({ text, subject, part }, rule, who, countXWeighted)
  )
}

const rulesFor = (
  rules: readonly TextRule[],
  field: TextRule["field"],
  { parts }: PostDraft,
  part: number
): TextRule[] => {
  const media = parts[part]?.media ?? []
  return rules.filter((rule) => rule.field === field && appliesTo(rule, media))
}

const checkLength = (
  {
    text,
    subject,
    part,
  }: { text: string; subject: string; part: number | null },
  rule: TextRule,
  who: string,
  countXWeighted: XCounter
): Violation[] => {
  const measured = countByRule(text, rule, countXWeighted)
  const [min, max] = [known(rule.min), known(rule.max)]
  if (measured === null) {
    return []
  }
  const shared = { field: rule.field, part, measured }
  const is = `${subject} is ${lengthInWords(measured, rule.unit)}`
  if (max !== null && measured > max) {
    return [
      refusal({
        ...shared,
        code: "text_too_long",
        allowed: max,
        message: `${is}; ${who} takes up to ${numberInWords(max)}.`,
      }),
    ]
  }
  if (min !== null && measured < min) {
    return [
      refusal({
        ...shared,
        code: "text_too_short",
        allowed: min,
        message: measured
          ? `${is}; ${who} needs at least ${numberInWords(min)}.`
          : `${who} needs a ${rule.field}.`,
      }),
    ]
  }
  return []
}

const ENTITIES = [
  {
    limit: "hashtags",
    noun: "hashtag",
    code: "too_many_hashtags",
    find: findHashtags,
  },
  {
    limit: "cashtags",
    noun: "cashtag",
    code: "too_many_cashtags",
    find: findCashtags,
  },
  {
    limit: "mentions",
    noun: "mention",
    code: "too_many_mentions",
    find: findMentions,
  },
  {
    limit: "links",
    noun: "link",
    code: "too_many_links",
    find: (text: string) => [...new Set(findUrls(text))],
  },
] as const

const checkEntities = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string
): Violation[] => {
  const text = publishedText(draft, part, limits)
  return ENTITIES.flatMap(({ limit, noun, code, find }) => {
    const allowed = known(limits[limit])
    const measured = find(text).length
    return allowed !== null && measured > allowed
      ? [
          refusal({
            code,
            field: "text",
            part,
            allowed,
            measured,
            message: `${subjectOf(draft, part, limits)} has ${countInWords(measured, noun)}; ${who} takes ${allowed ? `up to ${allowed}` : "none"}.`,
          }),
        ]
      : []
  })
}

const checkPhoneNumbers = (
  draft: PostDraft,
  part: number,
  limits: PostLimits,
  who: string
): Violation[] => {
  const [number] =
    limits.phone_numbers === false
      ? findPhoneNumbers(draft.parts[part].text)
      : []
  return number
    ? [
        warning({
          code: "phone_number",
          field: "text",
          part,
          measured: number,
          message: `${subjectOf(draft, part, limits)} has what looks like a phone number (${number}); ${who} rejects posts with one. Take it out.`,
        }),
      ]
    : []
}
