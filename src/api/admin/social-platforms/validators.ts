import { z } from "@medusajs/framework/zod"
import { applyAndAndOrOperators } from "@medusajs/medusa/api/utils/common-validators/index"
import { createSelectParams } from "@medusajs/medusa/api/utils/validators"
import {
  AUTH_TYPES,
  PLATFORM_CATEGORIES,
  PLATFORM_STATUSES,
} from "../../../shared/enums"
import { anyOf } from "../../utils/choices"
import { listParams, texts, timeFilter } from "../../utils/filters"
import { orderBy } from "../../utils/order"
import { secretRecord, secretText } from "../../utils/secret-input"
import { webAddress } from "../../utils/web-address"

export const AdminGetSocialPlatformParams = createSelectParams()

// Strict, so that below $and and $or too nothing unknown is silently dropped.
export const AdminGetSocialPlatformsParamsFields = z.strictObject({
  id: texts("id").optional(),
  name: texts("name").optional(),
  provider: texts("provider").optional(),
  category: anyOf("category", PLATFORM_CATEGORIES).optional(),
  auth_type: anyOf("auth_type", AUTH_TYPES).optional(),
  status: anyOf("status", PLATFORM_STATUSES).optional(),
  tenant_id: texts("tenant_id").optional(),
  identifier: texts("identifier").optional(),
  created_at: timeFilter("created_at").optional(),
  updated_at: timeFilter("updated_at").optional(),
})

export type AdminGetSocialPlatformsParamsType = z.infer<
  typeof AdminGetSocialPlatformsParams
>
export const AdminGetSocialPlatformsParams = listParams({ limit: 20 })
  .merge(AdminGetSocialPlatformsParamsFields)
  .merge(applyAndAndOrOperators(AdminGetSocialPlatformsParamsFields))
  .extend({
    // At the top alone: Medusa does not know a search below $and and $or.
    q: z.string().optional(),
    order: orderBy([
      "id",
      "name",
      "provider",
      "category",
      "status",
      "created_at",
      "updated_at",
      "token_expires_at",
      "last_synced_at",
    ]),
  })

const platformFields = {
  name: z.string().trim().min(1).max(200),
  category: z.enum(PLATFORM_CATEGORIES).optional(),
  auth_type: z.enum(AUTH_TYPES).optional(),
  status: z.enum(PLATFORM_STATUSES).optional(),
  description: z.string().max(2000).nullish(),
  icon_url: webAddress().nullish(),
  base_url: webAddress().nullish(),
  tenant_id: z.string().min(1).max(200).nullish(),
  identifier: z.string().min(1).max(200).nullish(),
  api_config: secretRecord("api_config").optional(),
  metadata: secretRecord("metadata").nullish(),
}

export type AdminCreateSocialPlatformType = z.infer<
  typeof AdminCreateSocialPlatform
>
export const AdminCreateSocialPlatform = z
  .object({ ...platformFields, provider: z.string().min(1) })
  .strict()

export type AdminUpdateSocialPlatformType = z.infer<
  typeof AdminUpdateSocialPlatform
>
export const AdminUpdateSocialPlatform = z
  .object({ ...platformFields, name: platformFields.name.optional() })
  .strict()

const MAX_REASON_LENGTH = 500

export type AdminMarkSocialPlatformInvalidType = z.infer<
  typeof AdminMarkSocialPlatformInvalid
>
// Somebody may paste what a service said, and that may hold a secret.
export const AdminMarkSocialPlatformInvalid = z
  .object({ reason: secretText("reason", MAX_REASON_LENGTH) })
  .strict()
