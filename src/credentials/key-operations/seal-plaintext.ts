import type { MedusaContainer } from "@medusajs/framework/types"
import { encryptedKey } from "../../modules/socials/utils/api-config"
import { isSecretField } from "../fields"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { sealPlaintext } from "../seal"
import {
  type BatchInput,
  type BatchReport,
  DEFAULT_BATCH_SIZE,
  processBatch,
} from "./batch"

/**
 * Seals what a batch of rows still holds in plaintext. A twin beside an
 * envelope (writing policy `dual`) is erased: the envelope is the truth.
 */
export const sealPlaintextBatch = async (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> => {
  const providers = await listProviders(container)
  const rows = await socialsModule(container).listSealedRows(
    input.after ?? "",
    input.limit ?? DEFAULT_BATCH_SIZE
  )

  return processBatch(container, rows, input, async (row) => {
    const description = providers.get(row.provider)?.description
    const isLeft = Object.entries(row.api_config).some(
      ([key, value]) =>
        isSecretField(description, key) &&
        typeof value === "string" &&
        (!!value || !!row.api_config[encryptedKey(key)])
    )
    return isLeft
      ? sealPlaintext(container, row.id, description, row.api_config)
      : null
  })
}
