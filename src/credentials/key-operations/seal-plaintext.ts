import type { BatchReport } from "../../shared/encryption-types"
import type { MedusaContainer } from "@medusajs/framework/types"
import { PlaintextDiffersError } from "../../modules/encryption/errors"
import {
  inspectStored,
  isNothing,
  plaintextOf,
} from "../../modules/encryption/envelope/classify"
import { refusalOf } from "../../modules/encryption/envelope/open"
import type { SealedRow } from "../../modules/socials/sql/envelopes"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import {
  openCredential,
  platformContext,
  sealCredential,
} from "../../modules/socials/utils/token-helpers"
import type { ProviderDescription } from "../../providers/types"
import { SecretString } from "../../secrets/secret-string"
import { credentialIndex } from "../storage/credential-index"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"
import { plaintextNames } from "../storage/seal"
import {
  type BatchInput,
  openOrQuarantine,
  processBatch,
  type RowTransform,
} from "./batch"

/**
 * Seals what a batch of rows still holds in plaintext. A twin beside the
 * envelope of the same value is erased, another value is quarantined; under the
 * writing policy `dual` the plaintext stays as the twin.
 */
export const sealPlaintextBatch = async (
  container: MedusaContainer,
  input: BatchInput
): Promise<BatchReport> => {
  const providers = await listProviders(container)
  const { writing } = await encryptionModule(container).policy()
  return processBatch(
    container,
    (after, limit) => socialsModule(container).listSealedRows(after, limit),
    input,
    (row, quarantine) =>
      sealRow(container, row, providers.get(row.provider)?.description, {
        keepTwins: writing === "dual",
        quarantine,
      }),
    { type: "sealed" }
  )
}

/**
 * Seals what a row holds in plaintext, whatever the reading policy says of it: a
 * person has asked for it.
 *
 * @returns null when there is nothing to do
 */
export const sealRow = async (
  container: MedusaContainer,
  row: Pick<SealedRow, "id" | "tenant_id" | "api_config" | "credential_index">,
  description: ProviderDescription | undefined,
  {
    keepTwins,
    quarantine,
  }: { keepTwins: boolean; quarantine: Parameters<RowTransform>[1] }
): Promise<CredentialContent | null> => {
  const api_config: ApiConfig = { ...row.api_config }
  const secrets: Record<string, SecretString> = {}
  let changed = false
  for (const name of plaintextNames(description, row.api_config)) {
    const value = row.api_config[name]
    const stored = inspectStored(value, "plain")
    if (stored.kind !== "plaintext") {
      quarantine(name, refusalOf(stored, platformContext(row, name)))
      continue
    }
    if (isNothing(row.api_config[encryptedKey(name)])) {
      secrets[name] = new SecretString(plaintextOf(value))
      api_config[encryptedKey(name)] = await sealCredential(
        secrets[name],
        name,
        container,
        row
      )
    } else if (keepTwins || !(await isTwin(container, row, name, quarantine))) {
      continue
    }
    if (!keepTwins) {
      delete api_config[name]
    }
    changed = true
  }
  return changed
    ? {
        api_config,
        credential_index: await credentialIndex(
          container,
          row,
          api_config,
          row,
          secrets
        ),
      }
    : null
}

/** Whether the envelope beside a plaintext value holds the same. */
const isTwin = async (
  container: MedusaContainer,
  row: Pick<SealedRow, "id" | "tenant_id" | "api_config">,
  name: string,
  quarantine: Parameters<RowTransform>[1]
): Promise<boolean> => {
  const value = await openOrQuarantine(
    () => openCredential(row.api_config, name, container, row),
    (error) => quarantine(name, error)
  )
  const isSame = value?.equals(plaintextOf(row.api_config[name])) ?? false
  if (value && !isSame) {
    quarantine(
      name,
      new PlaintextDiffersError({ context: platformContext(row, name) })
    )
  }
  return isSame
}
