import { runInNewContext } from "node:vm"
import { ServiceError } from "../../errors/service-error"
import type { Community, Flair, Requirements } from "./community"
import { shownName } from "./settings"

/** What kind of post it is, in Reddit's words. */
export type Kind = "self" | "link" | "image" | "gallery" | "video"

/** What a community's requirements are about. */
export interface Draft {
  kind: Kind
  title: string
  body: string
  /** Where a link post leads to. */
  url: string | null
  flair: string | null
  /** Of a gallery: the captions of its images, empty where there is none. */
  captions: readonly string[]
}

const MAX_GUIDELINES = 300

const lengthOf = (text: string): number => Array.from(text).length

const quoted = (words: readonly string[]): string =>
  words.map((word) => `"${word}"`).join(", ")

/** A word by itself: what is a part of a longer one is left to Reddit. */
const hasWord = (text: string, word: string): boolean => {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(
    `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`,
    "iu"
  ).test(text)
}

const hasText = (text: string, part: string): boolean =>
  text.toLowerCase().includes(part.toLowerCase())

/** In ms: a moderator's expression may run for ever. */
const REGEX_TIME = 50

/**
 * Whether one of a community's expressions is found. They are Python's, and
 * others wrote them: what this language cannot read or takes too long over
 * counts as found, and Reddit decides.
 */
const findsOne = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => {
    try {
      return runInNewContext(
        'new RegExp(pattern, "imu").test(text)',
        { pattern, text },
        { timeout: REGEX_TIME }
      ) as boolean
    } catch {
      return true
    }
  })

interface Rules {
  min?: number | null
  max?: number | null
  required?: string[]
  forbidden?: string[]
  regexes?: string[]
}

/** What is wrong with a title or a text, in sentences. */
const judgeText = (
  what: string,
  text: string,
  { min, max, required = [], forbidden = [], regexes = [] }: Rules
): string[] => {
  const length = lengthOf(text)
  const found = forbidden.filter((word) => word && hasWord(text, word))
  return [
    ...(min && length < min
      ? [`${what} has ${length} characters, and needs at least ${min}.`]
      : []),
    ...(max && length > max
      ? [`${what} has ${length} characters, and may have up to ${max}.`]
      : []),
    ...(required.length && !required.some((part) => hasText(text, part))
      ? [`${what} needs one of these in it: ${quoted(required)}.`]
      : []),
    ...(found.length
      ? [`${what} has ${quoted(found)} in it, which is not allowed.`]
      : []),
    ...(regexes.length && !findsOne(regexes, text)
      ? [`${what} "${text.slice(0, 100)}" does not match ${quoted(regexes)}.`]
      : []),
  ]
}

const judgeTitle = ({ title }: Draft, demands: Requirements): string[] =>
  judgeText("The title", title, {
    min: demands.title_text_min_length,
    max: demands.title_text_max_length,
    required: demands.title_required_strings,
    forbidden: demands.title_blacklisted_strings,
    regexes: demands.title_regexes,
  })

/** Most rules about texts are about text posts; forbidden words are about all. */
const judgeBody = ({ kind, body }: Draft, demands: Requirements): string[] => {
  const forbidden = demands.body_blacklisted_strings
  if (kind !== "self") {
    return judgeText("The text", body, { forbidden })
  }
  const policy = demands.body_restriction_policy
  if (!body.trim()) {
    return policy === "required" ? ["A text post needs a text."] : []
  }
  if (policy === "notAllowed") {
    return [
      `A text post may have nothing but its title, and this one has a text of ${lengthOf(body)} characters.`,
    ]
  }
  return judgeText("The text", body, {
    min: demands.body_text_min_length,
    max: demands.body_text_max_length,
    required: demands.body_required_strings,
    forbidden,
    regexes: demands.body_regexes,
  })
}

const isOf = (host: string, domain: string): boolean => {
  const name = domain
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, "")
  return host === name || host.endsWith(`.${name}`)
}

const judgeLink = (
  { url }: Draft,
  {
    link_restriction_policy: policy,
    domain_blacklist: refused = [],
    domain_whitelist: taken = [],
  }: Requirements
): string[] => {
  if (!url || !URL.canParse(url) || policy === "none") {
    return []
  }
  const host = new URL(url).hostname.toLowerCase()
  if (policy !== "whitelist" && refused.some((domain) => isOf(host, domain))) {
    return [`Links to ${host} are not allowed.`]
  }
  return policy !== "blacklist" &&
    taken.length &&
    !taken.some((domain) => isOf(host, domain))
    ? [`The link leads to ${host}, and may lead to ${taken.join(", ")} alone.`]
    : []
}

const judgeFlair = (
  { flair }: Draft,
  { is_flair_required }: Requirements,
  flairs: readonly Flair[]
): string[] => {
  const names = flairs.slice(0, 10).map(({ text }) => text)
  if (!flair) {
    return is_flair_required
      ? [
          `The post needs a flair${names.length ? `, one of ${quoted(names)}` : ""}.`,
        ]
      : []
  }
  return flairs.length && flairs.every(({ id }) => id !== flair)
    ? [`The chosen flair is none of its own: ${quoted(names)}.`]
    : []
}

const judgeGallery = (
  { kind, captions }: Draft,
  {
    gallery_min_items: min,
    gallery_max_items: max,
    gallery_captions_requirement: captioned,
  }: Requirements
): string[] => {
  if (kind !== "gallery") {
    return []
  }
  const count = captions.length
  const without = captions.filter((caption) => !caption).length
  return [
    ...(min && count < min
      ? [`The gallery has ${count} images, and needs at least ${min}.`]
      : []),
    ...(max && count > max
      ? [`The gallery has ${count} images, and may have up to ${max}.`]
      : []),
    ...(captioned === "required" && without
      ? [
          `Each image of a gallery needs a caption, and ${without} of ${count} have none: switch captions on and describe the images.`,
        ]
      : []),
    ...(captioned === "notAllowed" && without < count
      ? ["Images of a gallery may have no captions: switch them off."]
      : []),
  ]
}

const KINDS: Record<Kind, string> = {
  self: "text posts",
  link: "link posts",
  image: "images",
  gallery: "galleries",
  video: "videos",
}

const judgeKind = ({ kind }: Draft, community: Community): string[] => {
  const { takes, images, galleries, videos } = community
  const isTaken =
    kind === "self"
      ? takes !== "link"
      : takes !== "self" &&
        { link: true, image: images, gallery: galleries, video: videos }[kind]
  return isTaken ? [] : [`It takes no ${KINDS[kind]}.`]
}

const ofAccount = (code: string, message: string): ServiceError =>
  new ServiceError("account_restricted", message, { code })

/**
 * Refuses a post that a community would refuse or take down, before anything
 * is sent there.
 *
 * @param flairs - the community's, as far as the account may choose them
 * @throws {ServiceError} `content_rejected` naming each rule and what was
 * measured; `account_restricted` where the account may not post there
 */
export const requireTaken = (
  draft: Draft,
  community: Community,
  flairs: readonly Flair[]
): void => {
  const who = shownName(community.name)
  if (community.is_banned) {
    throw ofAccount(
      "banned_from_community",
      `${who} has banned this account. Write to its moderators, or choose another community.`
    )
  }
  if (community.is_closed) {
    throw ofAccount(
      "closed_community",
      `Only accounts that its moderators have approved may post in ${who}. Ask them, or choose another community.`
    )
  }
  const { requirements } = community
  const problems = [
    ...judgeKind(draft, community),
    ...judgeTitle(draft, requirements),
    ...judgeBody(draft, requirements),
    ...judgeLink(draft, requirements),
    ...judgeFlair(draft, requirements, flairs),
    ...judgeGallery(draft, requirements),
  ]
  if (problems.length) {
    const guidelines = requirements.guidelines_text?.trim()
    throw new ServiceError(
      "content_rejected",
      `${who} does not take the post. ${problems.join(" ")} Change it, or choose another community.${
        guidelines
          ? ` Its guidelines: ${guidelines.slice(0, MAX_GUIDELINES)}`
          : ""
      }`,
      { code: "community_requirements" }
    )
  }
}
