import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialColumns } from "../../modules/socials/sql/platforms"
import type { RemoteAccount } from "../../providers/types"
import { SecretString } from "../../secrets/secret-string"
import { getAccessToken } from "../access-token/get-access-token"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import { nextRefreshAt } from "../access-token/schedule"
import { refreshOf } from "../access-token/strategy"
import { bufferSeconds } from "../state/tokens"
import { REFUSED_THOUGH_NEW, runWithCredentials } from "./with-credentials"
import { testPlatform } from "./test-connection"
import { isEnding } from "../state/freshness"
import { credentialsStored } from "../state/transitions"
import { changeCredentials } from "../storage/write"

/*
 * Operations of the token services that this plugin replaces, under the names
 * that their users know. A connection is a platform.
 */

export interface ConnectionToken {
  access_token: string | SecretString
  /** Left as it is when absent. */
  refresh_token?: string | SecretString
  /** Null or absent: it never expires. */
  expires_at?: Date | null
  scopes?: string[]
  /** Advertising accounts that the token is for; kept in the platform's settings. */
  ad_account_ids?: string[]
  actor_id?: string
}

/**
 * Stores a token that another part of the application has obtained, sealed,
 * with everything that goes with it in one write.
 *
 * @param connectionId - the platform
 * @throws {MedusaError} NOT_FOUND, or INVALID_DATA for an empty token
 */
export const storeConnectionToken = async (
  container: MedusaContainer,
  connectionId: string,
  token: ConnectionToken
): Promise<void> => {
  const row =
    await socialsModule(container).retrieveSocialPlatform(connectionId)
  const secrets = {
    access_token: readToken("access_token", token.access_token),
    ...(token.refresh_token !== undefined && {
      refresh_token: readToken("refresh_token", token.refresh_token),
    }),
  }
  const columns = await connectionColumns(container, row, token)
  await changeCredentials(container, connectionId, async () => ({
    secrets,
    columns,
    ...(token.ad_account_ids && {
      settings: { ad_account_ids: token.ad_account_ids },
    }),
  }))
  await recordCredentialEvent(container, {
    platform_id: connectionId,
    type: "connected",
    actor_id: token.actor_id,
    details: { credentials: Object.keys(secrets) },
  })
}

const readToken = (
  name: string,
  value: string | SecretString
): SecretString => {
  const text: unknown = value instanceof SecretString ? value.reveal() : value
  if (typeof text !== "string" || !text.trim()) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `${name} must be a non-empty string.`
    )
  }
  return new SecretString(text)
}

const connectionColumns = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { expires_at = null, scopes }: ConnectionToken
): Promise<CredentialColumns> => {
  const provider = await getProvider(container, row.provider)
  return {
    ...credentialsStored(row, ["access_token"], true),
    status: "active",
    connected_at: new Date(),
    last_refreshed_at: null,
    token_expires_at: expires_at,
    next_refresh_at: nextRefreshAt(
      { expires_at, issued_at: Date.now() },
      refreshOf(provider.description, row.auth_type),
      await bufferSeconds(container, provider, row.auth_type)
    ),
    ...(scopes && { scopes }),
  }
}

/**
 * A connection's access token, for at least as long as the refresh buffer: one
 * that ends sooner is refreshed first, where {@link getAccessToken} would hand
 * it out and refresh it meanwhile.
 *
 * @throws {ServiceError} as {@link getAccessToken}
 */
export const getDecryptedToken = async (
  container: MedusaContainer,
  connectionId: string
): Promise<SecretString> => {
  const row =
    await socialsModule(container).retrieveSocialPlatform(connectionId)
  const provider = await getProvider(container, row.provider)
  return getAccessToken(container, connectionId, {
    minTtlSeconds: await bufferSeconds(container, provider, row.auth_type),
  })
}

/**
 * Whether a connection's access token has ended, or ends within the buffer, of
 * which no more counts than half of the token's whole life.
 *
 * @param buffer - in s
 * @default the plugin's option, or else what the provider says, or else 600
 */
export const isTokenExpired = async (
  container: MedusaContainer,
  connectionId: string,
  buffer?: number
): Promise<boolean> => {
  const row =
    await socialsModule(container).retrieveSocialPlatform(connectionId)
  const provider = await getProvider(container, row.provider)
  return isEnding(
    row,
    buffer ?? (await bufferSeconds(container, provider, row.auth_type))
  )
}

/**
 * Whether a connection's token works: looks at its expiry, refreshes it where
 * needed, and asks the service.
 *
 * @returns false when the service refuses it; the reason is on the platform
 * @throws {ServiceError} when the service could not be asked
 */
export const validateToken = async (
  container: MedusaContainer,
  connectionId: string
): Promise<boolean> => {
  const row =
    await socialsModule(container).retrieveSocialPlatform(connectionId)
  try {
    await testPlatform(
      container,
      row,
      await getProvider(container, row.provider)
    )
    return true
  } catch (error) {
    const isRefused =
      isServiceError(error) &&
      (["token_invalid", "token_expired"].includes(error.errorClass) ||
        error.code === REFUSED_THOUGH_NEW)
    if (isRefused) {
      return false
    }
    throw error
  }
}

/**
 * The accounts of a connection as its service lists them now: advertising
 * profiles of Amazon Ads, ad accounts and pages of Meta.
 *
 * @throws {MedusaError} NOT_ALLOWED when the service has no such list
 * @throws {ServiceError}
 */
export const getUserProfiles = async (
  container: MedusaContainer,
  connectionId: string
): Promise<RemoteAccount[]> => {
  const row =
    await socialsModule(container).retrieveSocialPlatform(connectionId)
  const provider = await getProvider(container, row.provider)
  const { listAccounts } = provider
  if (!listAccounts) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${provider.description.label} has no list of accounts.`
    )
  }
  const accounts = await runWithCredentials(
    container,
    row,
    provider,
    (context) => listAccounts.call(provider, context)
  )
  return accounts.map(({ credentials: _, ...account }) => account)
}
