import { z } from "@medusajs/framework/zod"
import { createSelectParams } from "@medusajs/medusa/api/utils/validators"
import { MEDIA_KINDS } from "../../../shared/enums"
import { anyOf } from "../../utils/choices"
import { listParams, texts, timeFilter } from "../../utils/filters"
import { orderBy } from "../../utils/order"
import { webAddress } from "../../utils/web-address"

export const AdminGetSocialMediaParams = createSelectParams()

export type AdminGetSocialMediaListParamsType = z.infer<
  typeof AdminGetSocialMediaListParams
>
export const AdminGetSocialMediaListParams = listParams({ limit: 20 }).extend({
  q: z.string().optional(),
  id: texts("id").optional(),
  kind: anyOf("kind", MEDIA_KINDS).optional(),
  created_at: timeFilter("created_at").optional(),
  order: orderBy(["id", "name", "kind", "bytes", "created_at", "updated_at"]),
})

export type AdminUploadSocialMediaParamsType = z.infer<
  typeof AdminUploadSocialMediaParams
>
export const AdminUploadSocialMediaParams = createSelectParams().extend({
  name: z.string().min(1).max(500),
})

const altText = z.string().max(5000).nullish()

export type AdminCreateSocialMediaType = z.infer<typeof AdminCreateSocialMedia>
export const AdminCreateSocialMedia = z
  .object({
    file_id: z.string().min(1).max(1000).optional(),
    url: webAddress().optional(),
    product_image_id: z.string().min(1).max(100).optional(),
    name: z.string().min(1).max(500).optional(),
    alt_text: altText,
  })
  .strict()

export type AdminUpdateSocialMediaType = z.infer<typeof AdminUpdateSocialMedia>
export const AdminUpdateSocialMedia = z
  .object({
    alt_text: altText,
    poster: z
      .union([
        z.object({ media_id: z.string().min(1).max(100) }).strict(),
        z.object({ at_ms: z.number().int().min(0) }).strict(),
      ])
      .nullish(),
  })
  .strict()
