import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"
import { booleanString } from "@medusajs/medusa/api/utils/common-validators/index"
import { orderBy } from "../../utils/order"

export type AdminGetSocialAccountsParamsType = z.infer<
  typeof AdminGetSocialAccountsParams
>
export const AdminGetSocialAccountsParams = createFindParams({
  offset: 0,
  limit: 50,
}).extend({
  q: z.string().optional(),
  id: z.union([z.string(), z.array(z.string())]).optional(),
  platform_id: z.union([z.string(), z.array(z.string())]).optional(),
  kind: z.union([z.string(), z.array(z.string())]).optional(),
  is_available: booleanString().optional(),
  order: orderBy(["id", "name", "kind", "created_at", "updated_at"]),
})
