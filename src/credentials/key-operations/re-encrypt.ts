import type { MedusaContainer } from "@medusajs/framework/types"
import type { Envelope, EnvelopeV2 } from "../../modules/encryption/types"
import type { SealedRow } from "../../modules/socials/sql/envelopes"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import {
  type ApiConfig,
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import { entryFor, INDEXED_FIELDS, indexEntry } from "../credential-index"
import { encryptionModule, socialsModule } from "../modules"
import {
  type BatchInput,
  type BatchReport,
  DEFAULT_BATCH_SIZE,
  openOrQuarantine,
  processBatch,
  type RowTransform,
} from "./batch"

/**
 * Re-encrypts a batch of rows to the active key, in format 2. Also the way back
 * to an older key: what counts is which version is active.
 *
 * Under the writing policy `dual` each rewritten value gets its plaintext twin,
 * so that an older release, which cannot open it any more, still finds it.
 */
export const reEncryptBatch = async (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> => {
  const rows = await socialsModule(container).listOutdatedRows(
    await encryptionModule(container).currentKeyVersion(),
    input.after ?? "",
    input.limit ?? DEFAULT_BATCH_SIZE
  )
  const { writing } = await encryptionModule(container).policy()

  return processBatch(container, rows, input, (row, quarantine) =>
    reEncryptRow(container, row, quarantine, { twins: writing === "dual" })
  )
}

/**
 * Seals again what is not of format 2 under the active key.
 *
 * @returns null when there is nothing to do
 */
export const reEncryptRow = async (
  container: MedusaContainer,
  row: Pick<SealedRow, "id" | "api_config" | "credential_index">,
  quarantine: Parameters<RowTransform>[1],
  { twins }: { twins: boolean }
): Promise<CredentialContent | null> => {
  const api_config: ApiConfig = { ...row.api_config }
  const entries = new Map(
    INDEXED_FIELDS.map((field) => [field, entryFor(row.credential_index, field)])
  )
  let changed = false

  for (const key of Object.keys(row.api_config)) {
    if (!isEncryptedKey(key)) {
      continue
    }
    const field = credentialNameOf(key)
    const renewed = await openOrQuarantine(
      () => renew(container, row.id, field, row.api_config[key] as Envelope),
      (error) => quarantine(field, error)
    )
    if (!renewed) {
      continue
    }
    const { envelope, value } = renewed
    changed = true
    api_config[key] = envelope
    if (twins) {
      api_config[field] = value.reveal()
    }
    entries.set(
      field,
      await indexEntry(container, field, value, envelope.keyVersion)
    )
  }
  if (!changed) {
    return null
  }
  const index = [...entries.values()].filter((entry) => entry !== undefined)
  return { api_config, credential_index: index.length ? index : null }
}

/** @returns undefined when the envelope is as it should be */
const renew = async (
  container: MedusaContainer,
  platformId: string,
  field: string,
  stored: Envelope | string | null
): Promise<{ envelope: EnvelopeV2; value: SecretString } | undefined> => {
  if (stored === null) {
    return undefined
  }
  const encryption = encryptionModule(container)
  if (
    typeof stored === "object" &&
    !(await encryption.needsReEncryption(stored))
  ) {
    return undefined
  }
  const context = platformContext(platformId, field)
  const value = await encryption.decrypt(stored, context)
  return { envelope: await encryption.encrypt(value, context), value }
}
