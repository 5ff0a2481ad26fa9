import type { MedusaContainer } from "@medusajs/framework/types"
import { ForeignFormatError } from "../../modules/encryption/errors"
import { isFernetShaped } from "../../modules/encryption/importers/fernet"
import type { SealedRow } from "../../modules/socials/sql/envelopes"
import type { CredentialContent } from "../../modules/socials/sql/platforms"
import { encryptedKey } from "../../modules/socials/utils/api-config"
import { platformContext } from "../../modules/socials/utils/token-helpers"
import type { ProviderDescription } from "../../providers/types"
import { credentialIndex } from "../storage/credential-index"
import { isSecretField } from "../storage/fields"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"
import { sealPlaintext } from "../storage/seal"
import {
  type BatchInput,
  type BatchReport,
  processBatch,
  type RowTransform,
} from "./batch"

/**
 * Seals what a batch of rows still holds in plaintext. A twin beside an
 * envelope is erased, for the envelope is the truth; under the writing policy
 * `dual` the plaintext stays as the twin.
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
 * Seals what a row holds in plaintext.
 *
 * @returns null when there is nothing to do
 */
export const sealRow = async (
  container: MedusaContainer,
  row: Pick<SealedRow, "id" | "api_config" | "credential_index">,
  description: ProviderDescription | undefined,
  {
    keepTwins,
    quarantine,
  }: { keepTwins: boolean; quarantine: Parameters<RowTransform>[1] }
): Promise<CredentialContent | null> => {
  const left = Object.entries(row.api_config).filter(
    ([key, value]) =>
      isSecretField(description, key) && typeof value === "string"
  )
  const hasEnvelope = (key: string) => !!row.api_config[encryptedKey(key)]
  const isForeign = ([key, value]: [string, unknown]) =>
    !hasEnvelope(key) && isFernetShaped(value)

  for (const [field] of left.filter(isForeign)) {
    quarantine(
      field,
      new ForeignFormatError({ context: platformContext(row.id, field) })
    )
  }
  const isWork = left.some(([key, value]) =>
    hasEnvelope(key) ? !keepTwins : !!value && !isFernetShaped(value)
  )
  if (!isWork) {
    return null
  }

  const sealed = await sealPlaintext(
    container,
    row.id,
    description,
    row.api_config
  )
  const api_config = keepTwins ? { ...row.api_config, ...sealed } : sealed
  return {
    api_config,
    credential_index: await credentialIndex(container, row.id, api_config, row),
  }
}
