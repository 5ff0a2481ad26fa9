import { z } from "@medusajs/framework/zod"
import { booleanString } from "@medusajs/medusa/api/utils/common-validators/index"
import { listParams, texts } from "../../utils/filters"
import { orderBy } from "../../utils/order"

export type AdminGetSocialAccountsParamsType = z.infer<
  typeof AdminGetSocialAccountsParams
>
export const AdminGetSocialAccountsParams = listParams({ limit: 50 }).extend({
  q: z.string().optional(),
  id: texts("id").optional(),
  platform_id: texts("platform_id").optional(),
  kind: texts("kind").optional(),
  is_available: booleanString().optional(),
  order: orderBy(["id", "name", "kind", "created_at", "updated_at"]),
})
