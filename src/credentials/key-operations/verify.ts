import type { VerifiedCount, VerifyReport } from "../../shared/encryption-types"
import type { MedusaContainer } from "@medusajs/framework/types"
import { inspectStored } from "../../modules/encryption/envelope/classify"
import { refusalOf } from "../../modules/encryption/envelope/open"
import {
  credentialNameOf,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"
import { plaintextNames } from "../storage/seal"
import { type BatchInput, openOrQuarantine, processBatch } from "./batch"
import { acrossColumns, type PresentColumn, processColumn } from "./columns"

/** Opens everything in a batch of rows and tells what it found. It changes nothing. */
export const verifyBatch = (
  container: MedusaContainer,
  input: Omit<BatchInput, "dry_run">
): Promise<VerifyReport> =>
  acrossColumns(
    container,
    input,
    (batch) => verifyPlatforms(container, batch),
    (column, batch) => verifyColumn(container, column, batch)
  )

/** Counts by format and key version. */
const createTally = () => {
  const counts = new Map<string, VerifiedCount>()
  const count = (format: number, key_version: number | null): void => {
    const key = `${format}:${key_version}`
    const entry = counts.get(key) ?? { format, key_version, values: 0 }
    counts.set(key, { ...entry, values: entry.values + 1 })
  }
  return { count, verified: () => [...counts.values()] }
}

const verifyColumn = async (
  container: MedusaContainer,
  column: PresentColumn,
  input: BatchInput
): Promise<VerifyReport> => {
  const encryption = encryptionModule(container)
  const { count, verified } = createTally()
  const report = await processColumn(
    container,
    column,
    { ...input, dry_run: true },
    async (value, context) => {
      const stored = inspectStored(value, "sealed")
      if (stored.kind === "envelope") {
        await encryption.decrypt(stored.envelope, context)
        count(stored.format, stored.envelope.keyVersion)
      } else if (stored.kind !== "nothing") {
        throw refusalOf(stored, context)
      }
      return null
    }
  )
  return { ...report, verified: verified() }
}

const verifyPlatforms = async (
  container: MedusaContainer,
  input: Omit<BatchInput, "dry_run">
): Promise<VerifyReport> => {
  const encryption = encryptionModule(container)
  const providers = await listProviders(container)
  const { count, verified } = createTally()

  const report = await processBatch(
    container,
    (after, limit) => socialsModule(container).listSealedRows(after, limit),
    { ...input, dry_run: true },
    async (row, quarantine) => {
      const description = providers.get(row.provider)?.description
      for (const name of plaintextNames(description, row.api_config)) {
        const stored = inspectStored(row.api_config[name], "plain")
        if (stored.kind === "plaintext") {
          count(0, null)
        } else {
          quarantine(name, refusalOf(stored, platformContext(row, name)))
        }
      }
      for (const key of Object.keys(row.api_config).filter(isEncryptedKey)) {
        const field = credentialNameOf(key)
        const context = platformContext(row, field)
        const stored = inspectStored(row.api_config[key], "sealed")
        if (stored.kind === "nothing") {
          continue
        }
        if (stored.kind !== "envelope") {
          quarantine(field, refusalOf(stored, context))
          continue
        }
        const { format, envelope } = stored
        const opened = await openOrQuarantine(
          () => encryption.decrypt(envelope, context),
          (error) => quarantine(field, error)
        )
        if (opened) {
          count(format, envelope.keyVersion)
        }
      }
      return null
    }
  )
  return { ...report, verified: verified() }
}
