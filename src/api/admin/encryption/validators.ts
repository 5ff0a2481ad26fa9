import { z } from "@medusajs/framework/zod"
import { MAX_IMPORT_ROWS } from "../../../shared/import-rows"
import { secretText } from "../../utils/secret-input"

/** Rows that one request may take on, so that it ends in time. */
const MAX_BATCH = 5_000

const batch = {
  after: z.string().max(400).optional(),
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

export type AdminGetEncryptionEventsParamsType = z.infer<
  typeof AdminGetEncryptionEventsParams
>
export const AdminGetEncryptionEventsParams = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
})

/** Far above any token; a longer one is a mistake, and is not stored. */
const MAX_SEALED_LENGTH = 20_000

const importRow = z
  .object({
    row: z.number().int().min(1).optional(),
    platform_id: z.string().max(200).optional(),
    provider: z.string().max(200).optional(),
    tenant_id: z.string().max(500).nullish(),
    identifier: z.string().max(500).nullish(),
    name: z.string().max(500).optional(),
    field: z.string().max(200).optional(),
    value: secretText("value", MAX_SEALED_LENGTH),
    expires_at: z.string().max(100).nullish(),
  })
  .strict()

export type AdminImportFernetType = z.infer<typeof AdminImportFernet>
export const AdminImportFernet = z
  .object({
    rows: z.array(importRow).min(1).max(MAX_IMPORT_ROWS),
    dry_run: z.boolean().optional(),
    overwrite: z.boolean().optional(),
  })
  .strict()

export type AdminLookupCredentialType = z.infer<typeof AdminLookupCredential>
export const AdminLookupCredential = z
  .object({ credential: secretText("credential", MAX_SEALED_LENGTH) })
  .strict()
