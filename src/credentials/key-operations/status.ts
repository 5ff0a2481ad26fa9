import type { MedusaContainer } from "@medusajs/framework/types"
import type { RegistryReport } from "../../modules/encryption/keys/registry"
import type { EncryptionPolicy } from "../../modules/encryption/types"
import { DAMAGED } from "../../modules/socials/sql/envelopes"
import { isEncryptedKey } from "../../modules/socials/utils/api-config"
import { isSecretField } from "../storage/fields"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"

export interface KeyVersionStatus {
  version: number
  kid: string | null
  state: string
  /** Whether this process has the key. */
  configured: boolean
  /** Stored values that need it, by envelope format. */
  values: { format_1: number; format_2: number }
  encrypt_count: number
  created_at: Date | null
  promoted_at: Date | null
  retired_at: Date | null
}

export interface EncryptionStatus {
  active_version: number
  policy: Readonly<EncryptionPolicy>
  floor: RegistryReport["floor"]
  keys: KeyVersionStatus[]
  /** Values that are not of format 2 under the active key. */
  outdated: number
  /** Secrets that are stored in plaintext, twins of the policy `dual` included. */
  plaintext: number
  /** Values under a key that this process does not have. */
  unreadable: number
}

/** Counts what is stored, without opening anything. */
export const encryptionStatus = async (
  container: MedusaContainer
): Promise<EncryptionStatus> => {
  const encryption = encryptionModule(container)
  const [active_version, policy, registry, envelopes, plaintext] =
    await Promise.all([
      encryption.currentKeyVersion(),
      encryption.policy(),
      encryption.registry(),
      socialsModule(container).countEnvelopes(),
      countPlaintext(container),
    ])
  const valuesOf = (version: number, format: number): number =>
    envelopes
      .filter((e) => e.key_version === version && e.format === format)
      .reduce((sum, { values }) => sum + values, 0)

  const registered = new Map(registry.keys.map((key) => [key.version, key]))
  const versions = new Set([
    ...registered.keys(),
    ...envelopes.map(({ key_version }) => key_version),
  ])
  // What names no version belongs to no key; re-encryption tells what it is.
  versions.delete(DAMAGED)
  const keys = [...versions]
    .sort((a, b) => a - b)
    .map((version) => {
      const key = registered.get(version)
      return {
        version,
        kid: key?.kid ?? null,
        state: key?.state ?? "unknown",
        configured: key?.configured ?? false,
        values: {
          format_1: valuesOf(version, 1),
          format_2: valuesOf(version, 2),
        },
        encrypt_count: key?.encrypt_count ?? 0,
        created_at: key?.created_at ?? null,
        promoted_at: key?.promoted_at ?? null,
        retired_at: key?.retired_at ?? null,
      }
    })

  return {
    active_version,
    policy,
    floor: registry.floor,
    keys,
    outdated: envelopes
      .filter((e) => e.format !== 2 || e.key_version !== active_version)
      .reduce((sum, { values }) => sum + values, 0),
    plaintext,
    unreadable: keys
      .filter(({ configured }) => !configured)
      .reduce((sum, { values }) => sum + values.format_1 + values.format_2, 0),
  }
}

const countPlaintext = async (container: MedusaContainer): Promise<number> => {
  const providers = await listProviders(container)
  const counts = await socialsModule(container).countPlainKeys()
  return counts
    .filter(
      ({ provider, key }) =>
        !isEncryptedKey(key) &&
        isSecretField(providers.get(provider)?.description, key)
    )
    .reduce((sum, { rows }) => sum + rows, 0)
}
