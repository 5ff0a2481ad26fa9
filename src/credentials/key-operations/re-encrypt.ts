import type { BatchReport } from "../../shared/encryption-types"
import type { MedusaContainer } from "@medusajs/framework/types"
import type {
  ReEncrypt,
  ReEncryptedValue,
} from "../../modules/encryption/envelope/re-encrypt"
import {
  inspectStored,
  isNothing,
} from "../../modules/encryption/envelope/classify"
import { refusalOf } from "../../modules/encryption/envelope/open"
import type { Envelope } from "../../modules/encryption/types"
import type { SealedRow } from "../../modules/socials/sql/envelopes"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import {
  type ApiConfig,
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import { indexColumn, withEntry } from "../storage/credential-index"
import { encryptionModule, socialsModule } from "../modules"
import {
  type BatchInput,
  processBatch,
  quarantineFor,
  type RowTransform,
} from "./batch"
import { acrossColumns, type PresentColumn, processColumn } from "./columns"

/**
 * Re-encrypts a batch of rows to the active key, in format 2. Also the way back
 * to an older key: what counts is which version is active.
 *
 * Under the writing policy `dual` each rewritten value gets its plaintext twin,
 * so that an older release, which cannot open it any more, still finds it.
 */
export const reEncryptBatch = (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> =>
  acrossColumns(
    container,
    input,
    (batch) => reEncryptPlatforms(container, batch),
    (column, batch) => reEncryptColumn(container, column, batch)
  )

const reEncryptColumn = async (
  container: MedusaContainer,
  column: PresentColumn,
  input: BatchInput
): Promise<BatchReport> => {
  const reEncrypt = await encryptionModule(container).reEncrypter()
  return await processColumn(
    container,
    column,
    input,
    async (value, context) => {
      const stored = inspectStored(value, "sealed")
      if (stored.kind === "nothing") {
        return null
      }
      if (stored.kind !== "envelope") {
        throw refusalOf(stored, context)
      }
      return reEncrypt(stored.envelope, context)?.envelope ?? null
    }
  )
}

const reEncryptPlatforms = async (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> => {
  const encryption = encryptionModule(container)
  const version = await encryption.activeKeyVersion()
  const { writing } = await encryption.policy()
  const reEncrypt = await encryption.reEncrypter()

  return processBatch(
    container,
    (after, limit) =>
      socialsModule(container).listOutdatedRows(version, after, limit),
    input,
    (row, quarantine) =>
      reEncryptRow(reEncrypt, row, quarantine, { twins: writing === "dual" }),
    { type: "rotated", details: { key_version: version } }
  )
}

/**
 * Seals again what is not of format 2 under the active key.
 *
 * @returns null when there is nothing to do
 */
export const reEncryptRow = (
  reEncrypt: ReEncrypt,
  row: Pick<SealedRow, "id" | "tenant_id" | "api_config" | "credential_index">,
  quarantine: Parameters<RowTransform>[1],
  { twins }: { twins: boolean }
): CredentialContent | null => {
  const api_config: ApiConfig = { ...row.api_config }
  let index = row.credential_index
  let changed = false

  for (const key of Object.keys(row.api_config)) {
    const stored = row.api_config[key] as Envelope | string
    if (!isEncryptedKey(key) || isNothing(stored)) {
      continue
    }
    const field = credentialNameOf(key)
    let next: ReEncryptedValue | null
    try {
      next = reEncrypt(stored, platformContext(row, field), indexColumn(field))
    } catch (error) {
      quarantineFor(error, (known) => quarantine(field, known))
      continue
    }
    if (!next) {
      continue
    }
    changed = true
    api_config[key] = next.envelope
    if (twins) {
      api_config[field] = next.secret.reveal()
    }
    if (next.index !== null) {
      index = withEntry(index, field, next.index)
    }
  }
  return changed ? { api_config, credential_index: index } : null
}
