import type { PartRules, PostLimits } from "../../shared/post-rules/limits"
import type { AccountFacts, Destination, QuotaRule } from "../publication"
import type { ProviderContext } from "../types"
import { withUsual } from "../usual"
import { asksFor, USUAL } from "./description"
import { standsAlone } from "./settings"

/** LinkedIn takes fewer than this many pixels in an image (its Images API). */
const MAX_PIXELS = 36_152_319

/** What is larger or of another kind than LinkedIn takes is made anew. */
export const IMAGE_PRESET = { max_width: 6000, max_height: 6000 } as const

/** In bytes and in pixels: the Documents API and the Videos API. */
const MB = 1024 * 1024

/** What the account is: a person's profile, or the page of an organisation. */
export const isPage = ({ kind }: Pick<Destination, "kind">): boolean =>
  kind === "page"

/**
 * Whether the platform may comment in the account's name, which other scopes
 * allow than posting; and the numbers that are settings.
 */
export const fetchFacts = async (
  { settings }: ProviderContext,
  account: Destination
): Promise<AccountFacts> => ({
  ...withUsual(settings, USUAL),
  comments: asksFor(
    settings,
    isPage(account) ? "w_organization_social_feed" : "w_member_social_feed"
  ),
})

const NO_COMMENTS: PartRules = { max: 1, as: "none", media: false }

const commentsOf = (facts: AccountFacts): PartRules => ({
  max: 10,
  as: "comment",
  media: false,
  text: [
    {
      field: "text",
      unit: "utf16",
      max: withUsual(facts, USUAL).comment_characters,
    },
  ],
})

/** Of each member and API, on all accounts together (its page "API Rate Limiting"). */
export const quotas = ({
  facts,
}: Pick<Destination, "facts">): readonly QuotaRule[] => [
  {
    label: "posts a day",
    count: withUsual(facts, USUAL).posts_a_day,
    window_seconds: 86_400,
  },
]

/** What an account takes. A poll or a shared post stands alone; a link has a card where nothing is attached. */
export const limits = (
  account: Pick<Destination, "kind" | "facts">,
  { settings }: { settings: Readonly<Record<string, unknown>> }
): PostLimits => ({
  text: [
    { field: "text", unit: "utf16", max: 3000 },
    { field: "title", unit: "utf16", max: 400 },
  ],
  parts:
    (account.facts.comments ?? isPage(account))
      ? commentsOf(account.facts)
      : NO_COMMENTS,
  media: {
    required: false,
    combinations: standsAlone(settings)
      ? []
      : [
          { image: { max: 20 } },
          { gif: { max: 1 } },
          { video: { max: 1 } },
          { document: { max: 1 } },
        ],
    // Whatever does not fit is made to: AVIF and WebP go out as JPEG.
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/avif"] },
    gif: {
      types: ["image/gif"],
      max_pixels: MAX_PIXELS,
      frames: { max: 250 },
    },
    video: {
      types: ["video/mp4"],
      min_bytes: 75 * 1024,
      max_bytes: 500 * MB,
      seconds: { min: 3, max: 30 * 60 },
      poster: "optional",
      poster_kinds: ["picture"],
    },
    document: { types: ["application/pdf"], max_bytes: 100 * MB },
    alt_text: { max: 4086, unit: "utf16", on: ["image", "gif"] },
    delivery: "push",
  },
  link: standsAlone(settings)
    ? { place: "text", preview: "none" }
    : {
        place: "card",
        needs: ["title", "description", "image"],
        excludes_media: true,
      },
})
