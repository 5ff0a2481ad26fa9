import { z } from "@medusajs/framework/zod"
import { booleanString } from "@medusajs/medusa/api/utils/common-validators/index"
import { createSelectParams } from "@medusajs/medusa/api/utils/validators"
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

export const AdminGetSocialAccountParams = createSelectParams()

export type AdminUpdateSocialAccountType = z.infer<
  typeof AdminUpdateSocialAccount
>
export const AdminUpdateSocialAccount = z
  .object({ default_settings: z.record(z.string(), z.unknown()).nullable() })
  .strict()

const NO_SETTINGS = "settings must be a JSON object."

/** Settings in an address, as JSON. */
const settingsText = z
  .string()
  .max(20_000)
  .transform((text, context): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(text)
      if (value && typeof value === "object" && !Array.isArray(value)) {
        return value as Record<string, unknown>
      }
    } catch {
      // Said below, for what is no object as well.
    }
    context.addIssue({ code: "custom", message: NO_SETTINGS })
    return z.NEVER
  })

export type AdminGetAccountPublishingParamsType = z.infer<
  typeof AdminGetAccountPublishingParams
>
export const AdminGetAccountPublishingParams = z.strictObject({
  placement: z.string().max(100).optional(),
  settings: settingsText.optional(),
})

export type AdminGetAccountLookupParamsType = z.infer<
  typeof AdminGetAccountLookupParams
>
export const AdminGetAccountLookupParams = z.strictObject({
  q: z.string().max(200).default(""),
  settings: settingsText.optional(),
})
