import { z } from "@medusajs/framework/zod"

/** Rows that one request may take on, so that it ends in time. */
const MAX_BATCH = 5_000

const batch = {
  after: z.string().max(200).optional(),
  limit: z.number().int().min(1).max(MAX_BATCH).optional(),
}

export type AdminEncryptionBatchType = z.infer<typeof AdminEncryptionBatch>
export const AdminEncryptionBatch = z
  .object({ ...batch, dry_run: z.boolean().optional() })
  .strict()

export type AdminVerifyEncryptionType = z.infer<typeof AdminVerifyEncryption>
export const AdminVerifyEncryption = z.object(batch).strict()

export type AdminRaisePolicyFloorType = z.infer<typeof AdminRaisePolicyFloor>
export const AdminRaisePolicyFloor = z
  .object({
    reading: z.enum(["migrate", "warn", "require-encrypted"]),
    minimum_envelope_format: z.union([z.literal(1), z.literal(2)]),
  })
  .strict()
