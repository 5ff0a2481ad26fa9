import { z } from "@medusajs/framework/zod"

export type AdminSyncPlatformDataType = z.infer<typeof AdminSyncPlatformData>
export const AdminSyncPlatformData = z
  .object({ platform_id: z.string().min(1) })
  .strict()
