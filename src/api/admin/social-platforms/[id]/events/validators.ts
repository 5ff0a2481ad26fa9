import { z } from "@medusajs/framework/zod"

export type AdminGetSocialPlatformEventsParamsType = z.infer<
  typeof AdminGetSocialPlatformEventsParams
>
export const AdminGetSocialPlatformEventsParams = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
})
