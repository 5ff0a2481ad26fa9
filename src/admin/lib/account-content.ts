import type {
  AccountPublishing,
  PostMedia,
  PostPart,
  PostVariant,
  PublicationInput,
  SocialPublication,
} from "../../shared/post-types"
import { bareMedia } from "../../shared/post-rules/bare-media"
import { checkPost } from "../../shared/post-rules/check"
import type { PostDraft } from "../../shared/post-rules/draft"
import { publishedText } from "../../shared/post-rules/link"
import { countByRule, type XCounter } from "../../shared/post-rules/text"
import type { Violation } from "../../shared/post-rules/violations"

export type FormMedia = { url: string; alt_text: string; media_id?: string }[]

/** What one account gets in place of the post's own; null follows the post. */
export type AccountContent = {
  /** Null is the account's first. */
  placement: string | null
  settings: Record<string, unknown>
  caption: string | null
  link: string | null
  media: FormMedia | null
  parts: PostPart[] | null
}

export const NOTHING_OWN: AccountContent = {
  placement: null,
  settings: {},
  caption: null,
  link: null,
  media: null,
  parts: null,
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
    [own.caption, own.link, own.media, own.parts].some(
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
  parts: variant?.parts ?? null,
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

/**
 * What is sent of an account's own content. All is said, so that what was reset
 * follows the post again.
 */
export const publicationInput = (
  account_id: string,
  { placement, settings, caption, link, media, parts }: AccountContent
): PublicationInput => {
  const variant: PostVariant = {
    ...(caption !== null && { caption: caption.trim() }),
    ...(link !== null && { link: link.trim() || null }),
    ...(media !== null && { media: mediaInput(media) }),
    ...(parts !== null && { parts }),
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
  media: FormMedia
  parts: PostPart[]
}

/** What a post says on an account, in the form that rules judge. */
export const draftFor = (
  post: WrittenContent,
  own: AccountContent | undefined,
  settings: Record<string, unknown>
): PostDraft => {
  const { title } = settings
  const link = own?.link ?? post.link
  return {
    title: typeof title === "string" ? title : null,
    link: link.trim() || null,
    parts: [
      {
        text: (own?.caption ?? post.caption).trim(),
        media: (own?.media ?? post.media).map(({ url, alt_text }) =>
          bareMedia(url, alt_text.trim() || null)
        ),
      },
      ...(own?.parts ?? post.parts).map(({ text, media, delay_seconds }) => ({
        text,
        media: (media ?? []).map((file) =>
          bareMedia(file.url, file.alt_text ?? null)
        ),
        delay_s: delay_seconds ?? 0,
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
  countXWeighted: XCounter
): Violation[] =>
  checkPost(
    draftFor(post, target.own, settingsOf(target)),
    target.publishing.limits,
    target.who,
    countXWeighted
    // Nothing written yet is no mistake: the field itself says so when it is sent.
  ).filter(
    ({ code, part }) =>
      code !== "empty" || part !== 0 || target.own?.caption != null
  )

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
  targets
    .filter(({ own }) => own?.caption == null)
    .flatMap((target) => {
      const { limits } = target.publishing
      const draft = draftFor(post, target.own, settingsOf(target))
      const when = draft.parts[0].media.length ? "with_media" : "without_media"
      return limits.text
        .filter((rule) => rule.field === "text" && (rule.when ?? when) === when)
        .flatMap((rule): TextCount[] => {
          const text = publishedText(draft, 0, limits)
          const count = countByRule(text, rule, countXWeighted)
          return count === null
            ? []
            : [{ label: target.service, count, max: rule.max }]
        })
    })
    .sort((a, b) => a.max - a.count - (b.max - b.count))[0] ?? null
