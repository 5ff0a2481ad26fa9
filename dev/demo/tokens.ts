import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { environmentKeySource } from "../../src/modules/encryption/key-sources/environment"
import {
  isEnvelopeV2,
  openV2,
} from "../../src/modules/encryption/envelope/format-2"
import { createKeyring } from "../../src/modules/encryption/keys/keyring"
import { platformContext } from "../../src/modules/socials/utils/token-helpers"
import { readPlatformRow } from "./database"
import type { Stage } from "./stage"
import type { KeySettings } from "./store"

export const tokenNames = ["access_token", "refresh_token"] as const
export type TokenName = (typeof tokenNames)[number]

/** A platform's sealed tokens, as its row holds them. */
export type SealedTokens = Record<TokenName, EnvelopeV2>

/**
 * @param apiConfig as PostgreSQL holds it
 * @throws Error when it holds anything but the two envelopes
 */
export function sealedTokens(apiConfig: Record<string, unknown>): SealedTokens {
  const names = Object.keys(apiConfig).sort().join(", ")
  if (names !== "access_token_encrypted, refresh_token_encrypted") {
    throw new Error(
      `api_config holds ${names || "nothing"}, not two sealed tokens`
    )
  }
  const envelopes = tokenNames.map((name) => {
    const value = apiConfig[`${name}_encrypted`]
    if (typeof value !== "object" || value === null || !isEnvelopeV2(value)) {
      throw new Error(`${name}_encrypted is not an envelope of format 2`)
    }
    return [name, value]
  })
  return Object.fromEntries(envelopes)
}

/**
 * Opens a sealed token in this process, with the plugin's own code.
 *
 * @param keys       the variables that Medusa gets its keys from
 * @param platformId the row that the token is sealed for
 * @throws EncryptionError when it does not open there
 */
export async function openToken(
  keys: KeySettings,
  envelope: EnvelopeV2,
  platformId: string,
  name: TokenName
): Promise<string> {
  const keyring = createKeyring(await environmentKeySource(keys).load())
  return openV2(keyring, envelope, platformContext(platformId, name))
}

/**
 * Opens the tokens that a platform holds now, and notes them as secrets. To be
 * called after whatever may have replaced them.
 */
export async function collectTokens(
  { database, keys, secrets }: Stage,
  platformId: string
): Promise<{ sealed: SealedTokens; opened: Record<TokenName, string> }> {
  const { api_config } = await readPlatformRow(database, platformId)
  const sealed = sealedTokens(api_config)
  const opened = { access_token: "", refresh_token: "" }
  for (const name of tokenNames) {
    opened[name] = await openToken(keys, sealed[name], platformId, name)
    secrets.addNext(name.replace("_", " "), opened[name])
  }
  return { sealed, opened }
}
