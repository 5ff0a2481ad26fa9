import { z } from "@medusajs/framework/zod"
import { PLATFORM_CATEGORIES } from "../../../shared/enums"
import { listParams } from "../../utils/filters"

export type AdminGetSocialProvidersParamsType = z.infer<
  typeof AdminGetSocialProvidersParams
>
export const AdminGetSocialProvidersParams = listParams({ limit: 200 }).extend({
  q: z.string().optional(),
  category: z.enum(PLATFORM_CATEGORIES).optional(),
})
