import type { MedusaContainer } from "@medusajs/framework/types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialColumns } from "../../modules/socials/sql/platforms"
import type { TokenSet } from "../../oauth/types"
import type { ProviderSettings, SocialProvider } from "../../providers/types"
import type { Verification } from "../../providers/verification"
import { socialsModule } from "../modules"
import { DEFAULT_BUFFER_SECONDS, nextRefreshAt } from "../access-token/schedule"
import { refreshOf } from "../access-token/strategy"
import type { Secrets } from "../storage/credential-index"
import { resolveSettings } from "../use/context"
import type { GrantColumns } from "./transitions"

/**
 * What a token endpoint granted, as credentials to store. A missing refresh
 * token is left out, so that it can never erase the stored one.
 */
export const secretsOf = (tokens: TokenSet): Secrets => ({
  access_token: tokens.access_token,
  ...(tokens.refresh_token && { refresh_token: tokens.refresh_token }),
  ...(tokens.dpop_key && { dpop_key: tokens.dpop_key }),
  ...(tokens.token_secret && { access_token_secret: tokens.token_secret }),
})

/**
 * What follows from new tokens for the columns of their platform.
 *
 * @param row - the platform with the registration that they were granted to
 */
export const grantColumns = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: Pick<SocialPlatformRow, "auth_type" | "api_config" | "base_url">,
  tokens: TokenSet,
  askedScopes?: string[]
): Promise<GrantColumns> => ({
  token_expires_at: tokens.expires_at,
  next_refresh_at: nextRefreshAt(
    { expires_at: tokens.expires_at, issued_at: Date.now() },
    refreshOf(provider.description, row.auth_type),
    await bufferSeconds(container, provider, row.auth_type)
  ),
  granted_client_id: clientIdOf(
    row,
    await resolveSettings(container, provider, row)
  ),
  // A service that does not repeat the refresh token's lifetime has not changed it.
  ...(tokens.refresh_token_expires_at && {
    refresh_token_expires_at: tokens.refresh_token_expires_at,
  }),
  // RFC 6749, section 5.1: no scope in the response means the scope that was asked for.
  ...((tokens.scopes ?? askedScopes) && {
    scopes: tokens.scopes ?? askedScopes,
  }),
})

/** The client id of the registration that a platform's grant is asked for with. */
const clientIdOf = (
  { auth_type }: Pick<SocialPlatformRow, "auth_type">,
  { client_id }: ProviderSettings
): string | null =>
  auth_type === "oauth2" && typeof client_id === "string" ? client_id : null

/** Two times closer to each other than this, in ms, differ by rounding alone. */
const ROUNDING_MS = 5_000

/**
 * The columns that change with what a service says of the tokens that a
 * platform has.
 *
 * @param row - the platform as it stands
 * @returns null when it says nothing new
 */
export const toldColumns = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  { token_expires_at, granted_scopes }: Verification
): Promise<CredentialColumns | null> => {
  const columns: CredentialColumns = {
    ...(isNewExpiry(row.token_expires_at, token_expires_at) && {
      token_expires_at,
      next_refresh_at: nextRefreshAt(
        {
          expires_at: token_expires_at ?? null,
          issued_at: (
            row.last_refreshed_at ??
            row.connected_at ??
            new Date()
          ).getTime(),
        },
        refreshOf(provider.description, row.auth_type),
        await bufferSeconds(container, provider, row.auth_type)
      ),
    }),
    ...(areNewScopes(row.scopes as string[] | null, granted_scopes) && {
      scopes: granted_scopes && [...granted_scopes],
    }),
  }
  return Object.keys(columns).length ? columns : null
}

/** A token that works has not ended, whatever a clock that is wrong says. */
const isNewExpiry = (
  stored: Date | null,
  told: Date | null | undefined
): boolean => {
  if (told === undefined || (told && told.getTime() <= Date.now())) {
    return false
  }
  return stored && told
    ? Math.abs(stored.getTime() - told.getTime()) > ROUNDING_MS
    : stored !== told
}

/** A service that names no scope at all does not tell them. */
const areNewScopes = (
  stored: string[] | null,
  told: readonly string[] | undefined
): boolean =>
  !!told?.length &&
  (stored?.length !== told.length ||
    told.some((scope) => !stored.includes(scope)))

/** How long before its expiry a platform's token is refreshed, in s. */
export const bufferSeconds = async (
  container: MedusaContainer,
  provider: SocialProvider,
  authType: string
): Promise<number> => {
  const { token_refresh_buffer_seconds } =
    await socialsModule(container).getOptions()
  return (
    token_refresh_buffer_seconds ??
    refreshOf(provider.description, authType).min_ttl_seconds ??
    DEFAULT_BUFFER_SECONDS
  )
}
