import { z } from "@medusajs/framework/zod"
import { secretText } from "../../utils/secret-input"

export type AdminGetOauthParamsType = z.infer<typeof AdminGetOauthParams>
export const AdminGetOauthParams = z.object({ platform_id: z.string().min(1) })

/** RFC 6749, section 4.1.2.1 allows these characters in an error code. */
const errorCode = z
  .string()
  .regex(
    /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/,
    "error must be an OAuth error code."
  )

export type AdminOauthCallbackType = z.infer<typeof AdminOauthCallback>
export const AdminOauthCallback = z
  .object({
    state: secretText("state", 512),
    code: secretText("code", 4096).optional(),
    error: errorCode.optional(),
    error_description: z.string().max(2000).optional(),
    iss: z.string().max(2048).optional(),
    platform_id: z.string().max(64).optional(),
    parameters: z.string().max(2048).optional(),
  })
  .strict()
  .refine(({ code, error }) => !code !== !error, {
    message:
      "Send either the code or the error that the service answered with.",
  })
