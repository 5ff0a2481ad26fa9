import { z } from "@medusajs/framework/zod"
import { createSelectParams } from "@medusajs/medusa/api/utils/validators"
import { POST_STATUSES } from "../../../shared/enums"
import { isLanguageTag } from "../../../shared/post-rules/language"
import { anyOf } from "../../utils/choices"
import { listParams, texts, timeFilter } from "../../utils/filters"
import { orderBy } from "../../utils/order"
import { webAddress } from "../../utils/web-address"

/** A point in time with its zone, so that no server has to guess it. */
const pointInTime = z.iso.datetime({
  offset: true,
  error: ({ path = [] }) =>
    `${path.join(".")} must be a time in ISO 8601 with its zone, for example 2030-01-31T09:00:00Z`,
})

export const AdminGetSocialPostParams = createSelectParams()

export type AdminGetSocialPostsParamsType = z.infer<
  typeof AdminGetSocialPostsParams
>
export const AdminGetSocialPostsParams = listParams({ limit: 20 }).extend({
  q: z.string().optional(),
  id: texts("id").optional(),
  status: anyOf("status", POST_STATUSES).optional(),
  account_id: texts("account_id").optional(),
  scheduled_at: timeFilter("scheduled_at").optional(),
  created_at: timeFilter("created_at").optional(),
  order: orderBy([
    "id",
    "caption",
    "status",
    "scheduled_at",
    "published_at",
    "created_at",
    "updated_at",
  ]),
})

const media = () =>
  z
    .array(
      z
        .object({
          url: webAddress(),
          media_id: z.string().max(100).optional(),
          alt_text: z.string().max(5000).nullish(),
        })
        .strict()
        .transform(({ url, media_id, alt_text }) => ({
          url,
          ...(media_id && { media_id }),
          alt_text: alt_text || null,
        }))
    )
    .max(50)
    .optional()

const language = () =>
  z
    .string()
    .max(100)
    .refine(
      isLanguageTag,
      "language must be a language tag (BCP 47), for example en or de-AT"
    )
    .nullish()

/** What follows a post. A comment may come a week later at most. */
const followingPart = z
  .object({
    text: z.string().max(100_000),
    media: media(),
    delay_seconds: z.number().int().min(0).max(604_800).optional(),
  })
  .strict()

/** What one account gets in place of the post's own. */
const variant = z
  .object({
    caption: z.string().max(100_000).optional(),
    link: webAddress().nullish(),
    media: media(),
    parts: z.array(followingPart).max(50).optional(),
    language: language(),
  })
  .strict()

const publication = z
  .object({
    account_id: z.string(),
    placement: z.string().max(100).optional(),
    settings: z.record(z.string(), z.unknown()).nullish(),
    variant: variant.nullish(),
  })
  .strict()

const postFields = {
  caption: z.string().max(100_000),
  link: webAddress().nullish(),
  language: language(),
  media: media(),
  parts: z.array(followingPart).max(50).optional(),
  account_ids: z.array(z.string()).optional(),
  publications: z.array(publication).max(200).optional(),
  scheduled_at: pointInTime.nullish(),
  product_ids: z.array(z.string()).max(100).optional(),
}

export type AdminCreateSocialPostType = z.infer<typeof AdminCreateSocialPost>
export const AdminCreateSocialPost = z.object(postFields).strict()

export type AdminUpdateSocialPostType = z.infer<typeof AdminUpdateSocialPost>
export const AdminUpdateSocialPost = z
  .object({
    ...postFields,
    caption: postFields.caption.optional(),
  })
  .strict()

/** As for a new post: nothing of it has to be there yet. */
export type AdminCheckSocialPostType = z.infer<typeof AdminCheckSocialPost>
export const AdminCheckSocialPost = z
  .object({
    ...postFields,
    caption: postFields.caption.default(""),
    /** The post itself, where it is stored already. */
    id: z.string().max(100).optional(),
  })
  .strict()

export type AdminUpdatePublicationType = z.infer<typeof AdminUpdatePublication>
export const AdminUpdatePublication = publication.omit({ account_id: true })

export type AdminResolvePublicationType = z.infer<
  typeof AdminResolvePublication
>
export const AdminResolvePublication = z
  .object({
    outcome: z.enum(["published", "not_published"]),
    part: z.number().int().min(0).optional(),
    external_url: webAddress().nullish(),
  })
  .strict()

export type AdminCreateCommentType = z.infer<typeof AdminCreateComment>
export const AdminCreateComment = followingPart.omit({ delay_seconds: true })
