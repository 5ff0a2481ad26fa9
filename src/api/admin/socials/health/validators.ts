import { z } from "@medusajs/framework/zod"

export type AdminGetSocialsHealthParamsType = z.infer<
  typeof AdminGetSocialsHealthParams
>
export const AdminGetSocialsHealthParams = z.strictObject({
  /** Most platforms to list. */
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
