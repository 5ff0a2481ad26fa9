import {
  type CommunityDraft,
  communityPost,
  type CommunityPost,
  type CommunityPostKind,
  lengthOf,
} from "./community-post"
import type { PostLimits } from "./limits"
import { known } from "./measures"
import { refusal, type Violation } from "./violations"
import { countInWords, listInWords, numberInWords } from "./words"

/**
 * Whether one of a community's expressions is found. They are Python's, and
 * others wrote them: what cannot be read counts as found.
 */
export type PatternFinder = (
  patterns: readonly string[],
  text: string
) => boolean

/**
 * What the community that a post goes to would refuse or take down.
 *
 * @param draft the post
 * @param limits what the account takes, with the community's demands where they
 * are known
 * @param findsOne without it, expressions are left out: they are other people's,
 * and may run for ever
 */
export const checkCommunity = (
  draft: CommunityDraft,
  limits: PostLimits,
  findsOne?: PatternFinder
): Violation[] => {
  const { community } = limits
  if (!community) {
    return []
  }
  if (community.closed) {
    const { message } = community.closed
    return [refusal({ code: "community_closed", field: "settings", message })]
  }
  if (isEmpty(draft)) {
    return []
  }
  const post = communityPost(draft, limits)
  const judge: Judge = { post, community, findsOne }
  return [
    ...judgeKind(judge),
    // Of a link that nobody has looked into yet, the product may give the title.
    ...(draft.title || !draft.link || draft.card
      ? [...judgeTitle(judge), ...judgeBody(judge)]
      : []),
    ...judgeLink(judge),
    ...judgeFlair(judge),
    ...judgeGallery(judge),
  ]
}

/** Nothing written yet is no mistake. */
const isEmpty = ({ title, link, parts: [post] }: CommunityDraft): boolean =>
  !title?.trim() && !link && !post?.text.trim() && !post?.media.length

interface Judge {
  post: CommunityPost
  community: NonNullable<PostLimits["community"]>
  findsOne?: PatternFinder
}

const broken = (field: Violation["field"], message: string): Violation =>
  refusal({
    code: "community_rule",
    field,
    ...(field !== "settings" && { part: 0 }),
    message,
  })

const quoted = (words: readonly string[], last: "and" | "or"): string =>
  listInWords(
    words.map((word) => `"${word}"`),
    last
  )

/** A word by itself: what is a part of a longer one is left to the service. */
const hasWord = (text: string, word: string): boolean => {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  // The classes of letters take long to compile; most words are not there.
  if (!new RegExp(escaped, "iu").test(text)) {
    return false
  }
  return new RegExp(
    `(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`,
    "iu"
  ).test(text)
}

const hasText = (text: string, part: string): boolean =>
  text.toLowerCase().includes(part.toLowerCase())

interface TextDemands {
  min?: number | null
  max?: number | null
  required?: readonly string[]
  forbidden?: readonly string[]
  patterns?: readonly string[]
}

/** What is wrong with a title or a text, in sentences. */
const judgeText = (
  field: "title" | "text",
  text: string,
  demands: TextDemands,
  { community: { name }, findsOne }: Judge
): Violation[] => {
  const { required = [], forbidden = [], patterns = [] } = demands
  const [min, max] = [known(demands.min), known(demands.max)]
  const length = lengthOf(text)
  const has = `The ${field} has ${countInWords(length, "character")}`
  const found = forbidden.filter((word) => word && hasWord(text, word))
  return [
    ...(min && length < min
      ? [`${has}; ${name} wants at least ${numberInWords(min)}.`]
      : []),
    ...(max && length > max
      ? [`${has}; ${name} takes up to ${numberInWords(max)}.`]
      : []),
    ...(required.length && !required.some((part) => hasText(text, part))
      ? [`${name} wants ${quoted(required, "or")} in the ${field}.`]
      : []),
    ...(found.length
      ? [`${name} does not take ${quoted(found, "or")} in the ${field}.`]
      : []),
    ...(patterns.length && findsOne && !findsOne(patterns, text)
      ? [
          `The ${field} "${text.slice(0, 100)}" does not match what ${name} wants: ${quoted(patterns, "or")}.`,
        ]
      : []),
  ].map((message) => broken(field, message))
}

const judgeTitle = (judge: Judge): Violation[] => {
  const { post, community } = judge
  const { name, demands } = community
  return post.title === null
    ? [
        broken(
          "title",
          `${name} wants a title: enter one in the settings of this account, or write a text that begins with it.`
        ),
      ]
    : judgeText(
        "title",
        post.title,
        {
          min: demands.title_text_min_length,
          max: demands.title_text_max_length,
          required: demands.title_required_strings,
          forbidden: demands.title_blacklisted_strings,
          patterns: demands.title_regexes,
        },
        judge
      )
}

/** Most demands of texts are about text posts; forbidden words are about all. */
const judgeBody = (judge: Judge): Violation[] => {
  const { post, community } = judge
  const { name, demands } = community
  const { kind, body } = post
  const forbidden = demands.body_blacklisted_strings
  if (kind !== "self") {
    return judgeText("text", body, { forbidden }, judge)
  }
  const policy = demands.body_restriction_policy
  if (!body) {
    return policy === "required"
      ? [
          broken(
            "text",
            `${name} wants a text in a text post, and this one has nothing but its title.`
          ),
        ]
      : []
  }
  if (policy === "notAllowed") {
    return [
      broken(
        "text",
        `${name} takes text posts with nothing but a title, and this one has a text of ${countInWords(lengthOf(body), "character")}.`
      ),
    ]
  }
  return judgeText(
    "text",
    body,
    {
      min: demands.body_text_min_length,
      max: demands.body_text_max_length,
      required: demands.body_required_strings,
      forbidden,
      patterns: demands.body_regexes,
    },
    judge
  )
}

const isOf = (host: string, domain: string): boolean => {
  const name = domain
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, "")
  return host === name || host.endsWith(`.${name}`)
}

const judgeLink = ({
  post: { url },
  community: { name, demands },
}: Judge): Violation[] => {
  const {
    link_restriction_policy: policy,
    domain_blacklist: refused = [],
    domain_whitelist: taken = [],
  } = demands
  if (!url || !URL.canParse(url) || policy === "none") {
    return []
  }
  const host = new URL(url).hostname.toLowerCase()
  if (policy !== "whitelist" && refused.some((domain) => isOf(host, domain))) {
    return [broken("link", `${name} takes no links to ${host}.`)]
  }
  return policy !== "blacklist" &&
    taken.length &&
    !taken.some((domain) => isOf(host, domain))
    ? [
        broken(
          "link",
          `${name} takes links to ${listInWords(taken, "and")} alone; this one leads to ${host}.`
        ),
      ]
    : []
}

/** More names than these are looked up in the settings. */
const MAX_NAMED = 10

const judgeFlair = ({
  community: { name, demands, flairs, chosen_flair },
}: Judge): Violation[] => {
  const names = flairs.slice(0, MAX_NAMED).map(({ text }) => text)
  const choose = `choose ${names.length ? quoted(names, "or") : "one"} in the settings of this account.`
  if (!chosen_flair) {
    return demands.is_flair_required
      ? [broken("settings", `${name} wants a flair: ${choose}`)]
      : []
  }
  return flairs.length && flairs.every(({ id }) => id !== chosen_flair)
    ? [
        broken(
          "settings",
          `The chosen flair is none of those of ${name}: ${choose}`
        ),
      ]
    : []
}

const judgeGallery = ({
  post: { kind, captions, url },
  community: { name, demands },
}: Judge): Violation[] => {
  if (kind !== "gallery") {
    return []
  }
  const [min, max] = [
    known(demands.gallery_min_items),
    known(demands.gallery_max_items),
  ]
  const {
    gallery_captions_requirement: captioned,
    gallery_urls_requirement: linked,
  } = demands
  const count = captions.length
  const without = captions.filter((caption) => !caption).length
  const has = `The gallery has ${countInWords(count, "image")}`
  return [
    ...(min && count < min
      ? [broken("media", `${has}; ${name} wants at least ${min}.`)]
      : []),
    ...(max && count > max
      ? [broken("media", `${has}; ${name} takes up to ${max}.`)]
      : []),
    ...(captioned === "required" && without
      ? [
          broken(
            "alt_text",
            `${name} wants a caption for each image of a gallery, and ${without} of ${count} have none: switch captions on, and describe the images.`
          ),
        ]
      : []),
    ...(captioned === "notAllowed" && without < count
      ? [
          broken(
            "alt_text",
            `${name} takes no captions in a gallery: switch them off.`
          ),
        ]
      : []),
    ...(linked === "required" && !url
      ? [
          broken(
            "link",
            `${name} wants a link for the images of a gallery: give the post one.`
          ),
        ]
      : []),
  ]
}

const KINDS: Record<CommunityPostKind, string> = {
  self: "text posts",
  link: "link posts",
  image: "images",
  gallery: "galleries",
  video: "videos",
}

const FIELDS = {
  self: "text",
  link: "link",
  image: "media",
  gallery: "media",
  video: "media",
} as const

const judgeKind = ({ post: { kind }, community }: Judge): Violation[] => {
  const { name, takes, images, galleries, videos } = community
  const isTaken =
    kind === "self"
      ? takes !== "link"
      : takes !== "self" &&
        { link: true, image: images, gallery: galleries, video: videos }[kind]
  if (isTaken) {
    return []
  }
  const advice = kind === "link" ? " Post the link in a text post." : ""
  return [broken(FIELDS[kind], `${name} takes no ${KINDS[kind]}.${advice}`)]
}
