import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import type { ProviderDescription } from "../../providers/types"
import { openOrNothing } from "../storage/open-or-nothing"
import { getsFirstToken, refreshOf } from "../access-token/strategy"

/** Tokens that the plugin gets from the service, by what the platform has of its own. */
const MADE_TOKENS = ["access_token", "refresh_token"]

/**
 * The fields that a platform's token is made from, where it is made without a
 * person: those that the description names, or else every field that it has for
 * the authentication type, the scopes and the address.
 */
export const tokenSources = (
  description: ProviderDescription,
  authType: string
): string[] => {
  if (!getsFirstToken(description, authType)) {
    return []
  }
  const { made_from } = refreshOf(description, authType)
  return made_from
    ? [...made_from]
    : [
        ...description.credential_fields,
        ...description.setting_fields,
        { name: "scopes", auth_types: undefined },
        { name: "base_url", auth_types: undefined },
      ]
        .filter(
          ({ auth_types }) =>
            !auth_types || (auth_types as readonly string[]).includes(authType)
        )
        .map(({ name }) => name)
        .filter((name) => !MADE_TOKENS.includes(name))
}

/** A change to a platform, as far as a token can depend on it. */
export interface SourceChange {
  settings?: Record<string, unknown>
  sealed?: Readonly<Record<string, unknown>>
  details?: { base_url?: string | null }
}

/**
 * The tokens that a change makes worthless: made from a login that is being
 * replaced, they would go on speaking for the old one.
 *
 * @returns names of the stored tokens to erase in the same write
 */
export const tokensEndedBy = (
  description: ProviderDescription,
  row: Pick<SocialPlatformRow, "api_config" | "auth_type" | "base_url">,
  { settings = {}, sealed = {}, details = {} }: SourceChange
): string[] => {
  const stored = (row.api_config ?? {}) as ApiConfig
  const changes = (name: string): boolean =>
    name in sealed ||
    (name in settings && (settings[name] ?? null) !== (stored[name] ?? null)) ||
    (name === "base_url" &&
      details.base_url !== undefined &&
      details.base_url !== row.base_url)

  return tokenSources(description, row.auth_type).some(changes)
    ? MADE_TOKENS.filter(
        (name) =>
          !(name in sealed) && (stored[encryptedKey(name)] || stored[name])
      )
    : []
}

/** Whether two states of a platform would make the same token. */
export const areSourcesEqual = async (
  container: MedusaContainer,
  description: ProviderDescription,
  before: SocialPlatformRow,
  now: SocialPlatformRow
): Promise<boolean> => {
  const read = async (row: SocialPlatformRow, name: string) =>
    name === "base_url"
      ? row.base_url
      : ((await openOrNothing(container, row, name))?.reveal() ??
        row.api_config?.[name] ??
        null)

  for (const name of tokenSources(description, now.auth_type)) {
    if ((await read(before, name)) !== (await read(now, name))) {
      return false
    }
  }
  return before.auth_type === now.auth_type
}
