import type { MedusaContainer } from "@medusajs/framework/types"
import type { Envelope } from "../../modules/encryption/types"
import {
  type ApiConfig,
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import { encryptionModule, socialsModule } from "../modules"
import {
  type BatchInput,
  type BatchReport,
  DEFAULT_BATCH_SIZE,
  openOrQuarantine,
  processBatch,
} from "./batch"

/**
 * Re-encrypts a batch of rows to the active key, in format 2. Also the way back
 * to an older key: what counts is which version is active.
 */
export const reEncryptBatch = async (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> => {
  const encryption = encryptionModule(container)
  const rows = await socialsModule(container).listOutdatedRows(
    await encryption.currentKeyVersion(),
    input.after ?? "",
    input.limit ?? DEFAULT_BATCH_SIZE
  )

  return processBatch(container, rows, input, async (row, quarantine) => {
    const next: ApiConfig = { ...row.api_config }
    let changed = false

    for (const key of Object.keys(row.api_config).filter(isEncryptedKey)) {
      const field = credentialNameOf(key)
      const envelope = row.api_config[key] as Envelope
      const fresh = await openOrQuarantine(
        async () =>
          (await encryption.needsReEncryption(envelope))
            ? encryption.reEncrypt(envelope, platformContext(row.id, field))
            : null,
        (error) => quarantine(field, error)
      )
      if (fresh) {
        next[key] = fresh
        changed = true
      }
    }
    return changed ? next : null
  })
}
