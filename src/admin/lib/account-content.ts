import type {
  AccountPublishing,
  PostMedia,
  PostPart,
  PostVariant,
  PublicationInput,
  SocialMedia,
  SocialPublication,
} from "../../shared/post-types"
import { bareMedia } from "../../shared/post-rules/bare-media"
import { checkPost } from "../../shared/post-rules/check"
import type {
  CardFacts,
  MediaFacts,
  PostDraft,
} from "../../shared/post-rules/draft"
import { libraryMedia } from "../../shared/post-rules/library-media"
import { publishedText } from "../../shared/post-rules/link"
import {
  appliesTo,
  countByRule,
  type XCounter,
} from "../../shared/post-rules/text"
import type { Violation } from "../../shared/post-rules/violations"

export type FormMedia = { url: string; alt_text: string; media_id?: string }[]

/** What follows a post, as a form holds it. */
export type FormPart = {
  text: string
  media: FormMedia
  delay_seconds: number
}

/** What the library knows of files, by their ids. */
export type LibraryFiles = ReadonlyMap<string, SocialMedia>

/** What one account gets in place of the post's own; null follows the post. */
export type AccountContent = {
  /** Null is the account's first. */
  placement: string | null
  settings: Record<string, unknown>
  caption: string | null
  link: string | null
  media: FormMedia | null
  parts: FormPart[] | null
  /** In BCP 47. */
  language: string | null
}

export const NOTHING_OWN: AccountContent = {
  placement: null,
  settings: {},
  caption: null,
  link: null,
  media: null,
  parts: null,
  language: null,
}

/**
 * Whether an account gets anything else than the post's own.
 *
 * @param own what is different there
 * @param placement the account's first, which is nothing special
 */
export const isOwn = (
  own: AccountContent | undefined,
  placement: string
): boolean =>
  own !== undefined &&
  ((own.placement ?? placement) !== placement ||
    Object.keys(own.settings).length > 0 ||
    [own.caption, own.link, own.media, own.parts, own.language].some(
      (value) => value !== null
    ))

/**
 * What a form starts with for an account.
 *
 * @param publication as it is stored
 */
export const ownContentOf = ({
  placement,
  settings,
  variant,
}: SocialPublication): AccountContent => ({
  placement: placement ?? null,
  settings: settings ?? {},
  caption: variant?.caption ?? null,
  link: variant?.link === undefined ? null : (variant.link ?? ""),
  media: variant?.media ? formMedia(variant.media) : null,
  parts: variant?.parts ? formParts(variant.parts) : null,
  language: variant?.language ?? null,
})

/** Media as a form holds them. */
export const formMedia = (media: PostMedia[] | null): FormMedia =>
  (media ?? []).map(({ url, alt_text, media_id }) => ({
    url,
    alt_text: alt_text ?? "",
    ...(media_id && { media_id }),
  }))

/** The body's media of what a form holds; an empty alternative text is none. */
export const mediaInput = (media: FormMedia) =>
  media.map(({ url, alt_text, media_id }) => ({
    url,
    ...(media_id && { media_id }),
    ...(alt_text.trim() ? { alt_text: alt_text.trim() } : {}),
  }))

/** Parts as a form holds them. */
export const formParts = (parts: PostPart[] | null): FormPart[] =>
  (parts ?? []).map(({ text, media, delay_seconds }) => ({
    text,
    media: formMedia(media ?? null),
    delay_seconds: delay_seconds ?? 0,
  }))

/** The body's parts of what a form holds. */
export const partsInput = (parts: FormPart[]): PostPart[] =>
  parts.map(({ text, media, delay_seconds }) => ({
    text,
    ...(media.length > 0 && { media: mediaInput(media) }),
    delay_seconds,
  }))

/**
 * What is sent of an account's own content. All is said, so that what was reset
 * follows the post again.
 */
export const publicationInput = (
  account_id: string,
  { placement, settings, caption, link, media, parts, language }: AccountContent
): PublicationInput => {
  const variant: PostVariant = {
    ...(caption !== null && { caption: caption.trim() }),
    ...(link !== null && { link: link.trim() || null }),
    ...(media !== null && { media: mediaInput(media) }),
    ...(parts !== null && { parts: partsInput(parts) }),
    ...(language !== null && { language }),
  }
  return {
    account_id,
    ...(placement !== null && { placement }),
    settings: Object.keys(settings).length ? settings : null,
    variant: Object.keys(variant).length ? variant : null,
  }
}

/** What a form holds of a post. */
export type WrittenContent = {
  caption: string
  link: string
  /** Of the link; absent until it is known. */
  card?: CardFacts
  media: FormMedia
  parts: FormPart[]
}

/** The ids of all files of a post that are in the library, wherever it shows them. */
export const libraryIds = (
  post: Pick<WrittenContent, "media" | "parts">,
  own: (AccountContent | undefined)[]
): string[] => {
  const contents = [
    post,
    ...own.map((one) => ({ media: one?.media ?? [], parts: one?.parts ?? [] })),
  ]
  return contents
    .flatMap(({ media, parts }) => [
      ...media,
      ...parts.flatMap((part) => part.media),
    ])
    .flatMap(({ media_id }) => media_id ?? [])
}

const factsOf = (
  { url, alt_text, media_id }: FormMedia[number],
  files: LibraryFiles
): MediaFacts => {
  const file = files.get(media_id ?? "")
  const alternative = alt_text.trim() || null
  return file ? libraryMedia(file, alternative) : bareMedia(url, alternative)
}

/** What a post says on an account, in the form that rules judge. */
export const draftFor = (
  post: WrittenContent,
  own: AccountContent | undefined,
  settings: Record<string, unknown>,
  files: LibraryFiles
): PostDraft => {
  const { title } = settings
  const link = own?.link ?? post.link
  return {
    title: typeof title === "string" ? title : null,
    link: link.trim() || null,
    card: post.card,
    parts: [
      {
        text: (own?.caption ?? post.caption).trim(),
        media: (own?.media ?? post.media).map((file) => factsOf(file, files)),
      },
      ...(own?.parts ?? post.parts).map(({ text, media, delay_seconds }) => ({
        text,
        media: media.map((file) => factsOf(file, files)),
        delay_s: delay_seconds,
      })),
    ],
  }
}

/** An account that a post goes to, with what it takes. */
export type Target = {
  account_id: string
  /** As the server calls it. */
  who: string
  /** The service, as a person knows it. */
  service: string
  publishing: AccountPublishing
  own: AccountContent | undefined
}

const settingsOf = ({ publishing, own }: Target): Record<string, unknown> => ({
  ...publishing.default_settings,
  ...own?.settings,
})

/** What a chosen account would refuse, or take otherwise than meant. */
export const verdictOf = (
  post: WrittenContent,
  target: Target,
  files: LibraryFiles,
  countXWeighted: XCounter
): Violation[] =>
  checkPost(
    draftFor(post, target.own, settingsOf(target), files),
    target.publishing.limits,
    target.who,
    countXWeighted
    // Nothing written yet is no mistake: the field itself says so when it is sent.
  ).filter(
    ({ code, part }) =>
      code !== "empty" || part !== 0 || target.own?.caption != null
  )

/**
 * What an account gets where a comment follows what is out there. What is out
 * is not judged again, so that nothing of it has to be known but its number.
 *
 * @param own what is different there
 * @param out how many parts are out
 * @param comment what is being written
 */
export const withComment = (
  own: AccountContent,
  out: number,
  comment: FormPart
): AccountContent => ({
  ...own,
  parts: [
    ...Array.from({ length: out - 1 }, () => ({
      text: "",
      media: [],
      delay_seconds: 0,
    })),
    comment,
  ],
})

/**
 * What an account would refuse about a comment; nothing written yet is no
 * mistake.
 *
 * @param part the comment's place among the parts
 */
export const commentProblems = (found: Violation[], part: number): string[] =>
  found
    .filter(
      ({ severity, code, part: place }) =>
        severity === "error" &&
        code !== "empty" &&
        (place === part || code === "too_many_parts")
    )
    .map(({ message }) => message)

export type TextCount = { label: string; count: number; max: number }

/**
 * How long the post's own text is for the account that has the least room.
 *
 * @returns null where no account counts it
 */
export const tightestCount = (
  post: WrittenContent,
  targets: Target[],
  countXWeighted: XCounter
): TextCount | null =>
  tightest(
    targets
      .filter(({ own }) => own?.caption == null)
      .flatMap((target) => countsOf(post, target, 0, countXWeighted))
  )

/**
 * How long the text of one part is for an account.
 *
 * @returns null where the account does not count it
 */
export const partCount = (
  post: WrittenContent,
  target: Target,
  part: number,
  countXWeighted: XCounter
): TextCount | null => tightest(countsOf(post, target, part, countXWeighted))

const tightest = (counts: TextCount[]): TextCount | null =>
  counts.sort((a, b) => a.max - a.count - (b.max - b.count))[0] ?? null

const countsOf = (
  post: WrittenContent,
  target: Target,
  part: number,
  countXWeighted: XCounter
): TextCount[] => {
  const { limits } = target.publishing
  // How long a text is does not depend on what a file is like.
  const draft = draftFor(post, target.own, settingsOf(target), new Map())
  const { media } = draft.parts[part]
  const rules = (part > 0 && limits.parts.text) || limits.text
  return rules
    .filter((rule) => rule.field === "text" && appliesTo(rule, media))
    .flatMap((rule): TextCount[] => {
      const text = publishedText(draft, part, limits)
      const count = countByRule(text, rule, countXWeighted)
      return count === null
        ? []
        : [{ label: target.service, count, max: rule.max }]
    })
}
