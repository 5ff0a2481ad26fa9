import type { MedusaContainer } from "@medusajs/framework/types"
import type { CredentialColumns } from "../modules/socials/sql/platforms"
import type { TokenSet } from "../oauth/types"
import type { SocialProvider } from "../providers/types"
import { socialsModule } from "./modules"
import { DEFAULT_BUFFER_SECONDS, nextRefreshAt } from "./refresh-schedule"
import { refreshOf } from "./refresh-strategy"
import { type SealedCredentials, sealCredentials } from "./seal"

/**
 * Seals what a token endpoint granted. A missing refresh token is left out, so
 * that it can never erase the stored one.
 */
export const sealTokens = (
  container: MedusaContainer,
  platformId: string,
  tokens: TokenSet
): Promise<SealedCredentials> =>
  sealCredentials(container, platformId, {
    access_token: tokens.access_token,
    ...(tokens.refresh_token && { refresh_token: tokens.refresh_token }),
    ...(tokens.token_secret && { access_token_secret: tokens.token_secret }),
  })

/** The columns that change with new tokens. */
export const tokenColumns = async (
  container: MedusaContainer,
  provider: SocialProvider,
  authType: string,
  tokens: TokenSet,
  askedScopes?: string[]
): Promise<CredentialColumns> => ({
  status: "active",
  token_validity: "true",
  token_expires_at: tokens.expires_at,
  next_refresh_at: nextRefreshAt(
    { expires_at: tokens.expires_at, issued_at: Date.now() },
    refreshOf(provider.description, authType),
    await bufferSeconds(container, provider, authType)
  ),
  // A service that does not repeat the refresh token's lifetime has not changed it.
  ...(tokens.refresh_token_expires_at && {
    refresh_token_expires_at: tokens.refresh_token_expires_at,
  }),
  // RFC 6749, section 5.1: no scope in the answer means the scope that was asked for.
  ...((tokens.scopes ?? askedScopes) && {
    scopes: tokens.scopes ?? askedScopes,
  }),
  last_error: null,
  consecutive_failures: 0,
})

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
