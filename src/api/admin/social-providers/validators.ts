import { z } from "@medusajs/framework/zod"
import { createFindParams } from "@medusajs/medusa/api/utils/validators"
import { PLATFORM_CATEGORIES } from "../../../types/enums"

export type AdminGetSocialProvidersParamsType = z.infer<
  typeof AdminGetSocialProvidersParams
>
export const AdminGetSocialProvidersParams = createFindParams({
  offset: 0,
  limit: 200,
}).extend({
  q: z.string().optional(),
  category: z.enum(PLATFORM_CATEGORIES).optional(),
})
