import type { MedusaContainer } from "@medusajs/framework/types"
import { isNothing } from "../../modules/encryption/envelope/classify"
import type { EncryptionContext } from "../../modules/encryption/envelope/context"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import {
  platformContext,
  type PlatformOfTenant,
} from "../../modules/socials/utils/token-helpers"
import { encryptionModule } from "../modules"

/**
 * What a change of credentials has replaced, as it may be kept for the
 * compensation of a workflow, which Medusa may store: nothing of it is readable.
 */
export interface CredentialsBefore {
  /** By name; null where there was none. */
  settings: Record<string, unknown>
  /** What stood in the places of envelopes, as it was. */
  envelopes: Record<string, unknown>
  /** What stood in plaintext, sealed for the way: as JSON. */
  plaintext: Record<string, EnvelopeV2>
}

/** Its own place: an envelope of this kind opens as no credential. */
const transitContext = (
  platform: PlatformOfTenant,
  name: string
): EncryptionContext => ({
  ...platformContext(platform, name),
  field: `plaintext:${name}`,
})

/**
 * Keeps what a change is about to replace.
 *
 * @param names - the settings and credentials that it names
 */
export const rememberCredentials = async (
  container: MedusaContainer,
  row: Pick<SocialPlatformRow, "id" | "tenant_id" | "api_config">,
  names: { settings: string[]; credentials: string[] }
): Promise<CredentialsBefore> => {
  const stored = (row.api_config ?? {}) as ApiConfig
  const plaintext: Record<string, EnvelopeV2> = {}
  for (const name of names.credentials) {
    if (!isNothing(stored[name])) {
      plaintext[name] = await encryptionModule(container).encrypt(
        JSON.stringify(stored[name]),
        transitContext(row, name)
      )
    }
  }
  return {
    settings: pick(stored, names.settings),
    envelopes: pick(stored, names.credentials.map(encryptedKey)),
    plaintext,
  }
}

const pick = (stored: ApiConfig, keys: string[]): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, stored[key] ?? null]))

/**
 * Puts back what {@link rememberCredentials} has kept.
 *
 * @param apiConfig - the row's at present
 * @returns the `api_config` with the names of the change as they were
 */
export const revertCredentials = async (
  container: MedusaContainer,
  platform: PlatformOfTenant,
  apiConfig: ApiConfig | null,
  { settings, envelopes, plaintext }: CredentialsBefore
): Promise<ApiConfig> => {
  const reverted: ApiConfig = { ...apiConfig, ...settings, ...envelopes }
  for (const [name, sealed] of Object.entries(plaintext)) {
    const value = await encryptionModule(container).decrypt(
      sealed,
      transitContext(platform, name)
    )
    reverted[name] = JSON.parse(value.reveal())
  }
  return reverted
}
