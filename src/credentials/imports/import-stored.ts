import type { BatchReport } from "../../shared/encryption-types"
import type { MedusaContainer } from "@medusajs/framework/types"
import { inspectStored } from "../../modules/encryption/envelope/classify"
import {
  type ApiConfig,
  credentialNameOf,
  encryptedKey,
  isEncryptedKey,
} from "../../modules/socials/utils/api-config"
import { credentialIndex } from "../storage/credential-index"
import { isSecretField } from "../storage/fields"
import {
  type BatchInput,
  openOrQuarantine,
  processBatch,
  type RowReader,
  type RowTransform,
} from "../key-operations/batch"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"
import { sealCredentials } from "../storage/seal"
import { credentialsOf, type ForeignOpener } from "./opener"

export interface ImportStoredInput extends BatchInput {
  /**
   * Names of the credentials whose values another system has sealed. Needed for
   * a format without a mark of its own; otherwise everything that has the mark.
   */
  fields?: string[]
}

/**
 * Imports a batch of values that stand in the platforms already, sealed by
 * another system: under the credential's own name, or where its envelope belongs.
 */
export const importStoredBatch = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  input: ImportStoredInput
): Promise<BatchReport> => {
  const providers = await listProviders(container)
  const { writing } = await encryptionModule(container).policy()
  const read: RowReader = (after, limit) =>
    socialsModule(container).listSealedRows(after, limit)

  const transform: RowTransform = async (row, quarantine) => {
    const description = providers.get(row.provider)?.description
    const api_config: ApiConfig = { ...row.api_config }
    let changed = false

    for (const [key, stored] of Object.entries(row.api_config)) {
      const field = isEncryptedKey(key) ? credentialNameOf(key) : key
      const isCandidate =
        typeof stored === "string" &&
        (isEncryptedKey(key) || isSecretField(description, key)) &&
        (input.fields?.includes(field) ?? !!opener.recognises) &&
        (opener.recognises?.(stored) ??
          mayBeForeign(row.api_config, field, stored))
      if (!isCandidate) {
        continue
      }
      const sealed = await openOrQuarantine(
        async () => {
          const { secrets } = credentialsOf(field, await opener.open(stored))
          return {
            secrets,
            envelopes: await sealCredentials(container, row, secrets),
          }
        },
        (error) => quarantine(field, error)
      )
      if (!sealed) {
        continue
      }
      changed = true
      delete api_config[key]
      for (const [name, envelope] of Object.entries(sealed.envelopes)) {
        api_config[encryptedKey(name)] = envelope
        if (writing === "dual") {
          api_config[name] = sealed.secrets[name].reveal()
        }
      }
    }
    return changed
      ? {
          api_config,
          credential_index: await credentialIndex(
            container,
            row,
            api_config,
            row
          ),
        }
      : null
  }
  return processBatch(container, read, input, transform, { type: "imported" })
}

/**
 * Whether a value of a format without a mark may stand here: anything that is no
 * envelope, as long as there is none for the credential.
 */
const mayBeForeign = (
  apiConfig: ApiConfig,
  field: string,
  stored: unknown
): boolean =>
  inspectStored(apiConfig[encryptedKey(field)], "sealed").kind !== "envelope" &&
  ["plaintext", "foreign"].includes(inspectStored(stored, "sealed").kind)
