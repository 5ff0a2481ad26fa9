import type { CardFacts, MediaFacts } from "./draft"
import type { PostLimits } from "./limits"
import { publishedText } from "./link"
import { known } from "./measures"

/** What kind of post it becomes in a community, in Reddit's words. */
export type CommunityPostKind = "self" | "link" | "image" | "gallery" | "video"

/** As much of a post as decides what a community gets. */
export interface CommunityDraft {
  title: string | null
  link: string | null
  /** Of the link; absent where it is not known. */
  card?: Pick<CardFacts, "title">
  /** The post itself first. */
  parts: readonly {
    text: string
    media: readonly Pick<MediaFacts, "kind" | "alt_text">[]
  }[]
}

/** A post as a community gets it. */
export interface CommunityPost {
  kind: CommunityPostKind
  /** Null where there is nothing to take it from. */
  title: string | null
  /** What is left of the text: a first line that has become the title is not said twice. */
  body: string
  /** Where a post that is no text post leads to. */
  url: string | null
  /** Of a gallery's images, empty where there is none. */
  captions: readonly string[]
}

/**
 * What a community gets of a post: each has a title, which is the given one, the
 * product's, or else the first line of the text.
 *
 * @param draft the post
 * @param limits what the account takes
 */
export const communityPost = (
  draft: CommunityDraft,
  limits: PostLimits
): CommunityPost => {
  const kind = kindOf(draft, limits)
  return {
    kind,
    ...textsOf(draft, limits),
    url: kind === "self" ? null : draft.link,
    captions:
      kind === "gallery"
        ? draft.parts[0].media.map(({ alt_text }) =>
            limits.media.alt_text ? (alt_text?.trim() ?? "") : ""
          )
        : [],
  }
}

const kindOf = (
  { parts, link }: CommunityDraft,
  limits: PostLimits
): CommunityPostKind => {
  const media = parts[0]?.media ?? []
  if (media.some(({ kind }) => kind === "video")) {
    return "video"
  }
  if (media.length) {
    return media.length > 1 ? "gallery" : "image"
  }
  return link && limits.link.place === "field" ? "link" : "self"
}

const textsOf = (
  draft: CommunityDraft,
  limits: PostLimits
): Pick<CommunityPost, "title" | "body"> => {
  const max =
    known(limits.text.find(({ field }) => field === "title")?.max) ?? Infinity
  const body = publishedText(draft, 0, limits).trim()
  const given = draft.title?.trim() || (draft.link && draft.card?.title?.trim())
  if (given) {
    return { title: shortened(given, max), body }
  }
  const first = (draft.parts[0]?.text ?? "").trim().split("\n")[0].trim()
  const title = shortened(first, max)
  return {
    title: title || null,
    body: title === first ? body.slice(first.length).trim() : body,
  }
}

/** In code points. */
export const lengthOf = (text: string): number => Array.from(text).length

/** Cut between characters, with a sign that it was. */
const shortened = (text: string, max: number): string => {
  if (lengthOf(text) <= max) {
    return text
  }
  let cut = ""
  let length = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    length += lengthOf(segment)
    if (length >= max) {
      break
    }
    cut += segment
  }
  return `${cut.trimEnd()}…`
}
