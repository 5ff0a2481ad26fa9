import type { MedusaContainer } from "@medusajs/framework/types"
import type { Envelope } from "../../modules/encryption/types"
import {
  credentialNameOf,
  envelopeKeyVersion,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import { isSecretField } from "../storage/fields"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"
import {
  type BatchInput,
  type BatchReport,
  openOrQuarantine,
  processBatch,
} from "./batch"

/** How many values of a batch there are of one kind. */
export interface VerifiedCount {
  /** 2, 1, or 0 for plaintext. */
  format: number
  key_version: number | null
  values: number
}

export interface VerifyReport extends BatchReport {
  verified: VerifiedCount[]
}

/** Opens everything in a batch of rows and tells what it found. It changes nothing. */
export const verifyBatch = async (
  container: MedusaContainer,
  input: Omit<BatchInput, "dry_run">
): Promise<VerifyReport> => {
  const encryption = encryptionModule(container)
  const providers = await listProviders(container)
  const counts = new Map<string, VerifiedCount>()
  const count = (format: number, key_version: number | null) => {
    const key = `${format}:${key_version}`
    const entry = counts.get(key) ?? { format, key_version, values: 0 }
    counts.set(key, { ...entry, values: entry.values + 1 })
  }

  const report = await processBatch(
    container,
    (after, limit) => socialsModule(container).listSealedRows(after, limit),
    { ...input, dry_run: true },
    async (row, quarantine) => {
      const description = providers.get(row.provider)?.description
      for (const [key, value] of Object.entries(row.api_config)) {
        if (!isEncryptedKey(key)) {
          if (
            isSecretField(description, key) &&
            typeof value === "string" &&
            value
          ) {
            count(0, null)
          }
          continue
        }
        const field = credentialNameOf(key)
        const opened = await openOrQuarantine(
          () =>
            encryption.decrypt(
              value as Envelope,
              platformContext(row.id, field)
            ),
          (error) => quarantine(field, error)
        )
        if (opened) {
          const isV2 = (value as { v?: unknown }).v === 2
          count(isV2 ? 2 : 1, envelopeKeyVersion(value) ?? null)
        }
      }
      return null
    }
  )
  return { ...report, verified: [...counts.values()] }
}
