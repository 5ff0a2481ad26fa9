import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { Revocation } from "../../shared/api-types"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { revokeToken } from "../../oauth/revocation"
import { oauthClientFor, type PlatformOAuthClient } from "./client"
import type {
  ProviderDescription,
  ProviderSettings,
} from "../../providers/types"
import { accessCredentials } from "../state/needed-credentials"
import { credentialNames, TOKEN_FIELDS } from "../storage/fields"
import { getProvider, listProviders } from "../providers"
import { createProviderContext } from "../use/context"
import { disconnected } from "../state/transitions"
import { socialsModule } from "../modules"
import { changeCredentials } from "../storage/write"

/**
 * What access to the service consists of, the tokens and all that they come
 * from; the application's registration stays.
 */
const accessNames = (
  description: ProviderDescription | undefined,
  { auth_type, api_config }: SocialPlatformRow
): string[] =>
  description
    ? [...TOKEN_FIELDS, ...accessCredentials(description, auth_type)]
    : credentialNames(undefined, auth_type, (api_config ?? {}) as ApiConfig)

/**
 * Asks the service to forget a platform's tokens, one by one. Best effort: the
 * tokens are erased here whatever the service answers, so a failure is logged,
 * not thrown.
 */
export const revokePlatformTokens = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<Revocation> => {
  const none = { revoked: false, revoked_tokens: [] }
  try {
    const provider = await getProvider(container, row.provider)
    const isOAuth2 = row.auth_type === "oauth2"
    if (provider.revoke) {
      const context = await createProviderContext(container, provider, row)
      if (!isOAuth2 || !hasRevocation(provider.description, context.settings)) {
        await provider.revoke(context)
        return { revoked: true, revoked_tokens: storedTokens(row) }
      }
    }
    if (!isOAuth2) {
      return none
    }
    const oauth = await oauthClientFor(container, provider, row)
    return oauth.server.revocation_endpoint
      ? await revokeEach(container, row, oauth)
      : none
  } catch (error) {
    warnNotRevoked(container, row, "tokens", error)
    return none
  }
}

/** Whether the service's OAuth 2 server ends tokens, as far as is known without asking it. */
const hasRevocation = (
  { oauth2 }: ProviderDescription,
  settings: ProviderSettings
): boolean => !!oauth2?.issuer || !!oauth2?.server(settings).revocation_endpoint

const revokeEach = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  oauth: PlatformOAuthClient
): Promise<Revocation> => {
  const stored = storedTokens(row)
  const revoked: string[] = []
  for (const name of stored) {
    try {
      const token = await openCredential(
        row.api_config as ApiConfig,
        name,
        container,
        row.id
      )
      if (token) {
        await revokeToken({ ...oauth, token, tokenTypeHint: name })
        revoked.push(name)
      }
    } catch (error) {
      warnNotRevoked(container, row, name, error)
    }
  }
  return {
    revoked: stored.length > 0 && revoked.length === stored.length,
    revoked_tokens: revoked,
  }
}

/** The refresh token first: most services end the whole grant with it. */
const storedTokens = ({ api_config }: SocialPlatformRow) =>
  (["refresh_token", "access_token"] as const).filter((name) => {
    const stored = (api_config ?? {}) as ApiConfig
    return stored[encryptedKey(name)] || stored[name]
  })

const warnNotRevoked = (
  container: MedusaContainer,
  row: SocialPlatformRow,
  what: string,
  error: unknown
): void => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  logger.warn(
    `Not revoked at the service: the ${what.replaceAll("_", " ")} of platform ${row.id}. ${(error as Error).message}`
  )
}

/** Erases every credential of a platform and its accounts, for one that is about to be deleted. */
export const eraseCredentials = async (
  container: MedusaContainer,
  platformId: string
): Promise<void> => {
  const providers = await listProviders(container)
  await changeCredentials(container, platformId, async (row) => {
    const names = credentialNames(
      providers.get(row.provider)?.description,
      row.auth_type,
      (row.api_config ?? {}) as ApiConfig
    )
    return { sealed: Object.fromEntries(names.map((name) => [name, null])) }
  })
  await socialsModule(container).deleteAccountCredentials(platformId)
}

/**
 * Erases a platform's access credentials, and those of its accounts.
 *
 * @param expectedVersion - erase only if nobody has written since
 */
export const eraseAccess = async (
  container: MedusaContainer,
  platformId: string,
  expectedVersion?: number
): Promise<void> => {
  const providers = await listProviders(container)
  const written = await changeCredentials(
    container,
    platformId,
    async (row) => {
      if (
        expectedVersion !== undefined &&
        row.credentials_version !== expectedVersion
      ) {
        return null
      }
      const stored = (row.api_config ?? {}) as ApiConfig
      const names = accessNames(
        providers.get(row.provider)?.description,
        row
      ).filter((name) => stored[name] || stored[encryptedKey(name)])
      return {
        sealed: Object.fromEntries(names.map((name) => [name, null])),
        columns: disconnected(),
      }
    }
  )
  if (written !== null) {
    await socialsModule(container).deleteAccountCredentials(platformId)
  }
}
