import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { requestClientCredentialsToken } from "../../oauth/client-credentials"
import { refreshAccessToken } from "../../oauth/refresh-token"
import type { TokenSet } from "../../oauth/types"
import type {
  ProviderDescription,
  RefreshDescription,
  SocialProvider,
} from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import { createProviderContext, resolveSettings } from "../use/context"
import { oauthClientFor } from "../oauth/client"

/** How a platform of a provider comes to a new access token. */
export const refreshOf = (
  { oauth2, refresh }: ProviderDescription,
  authType: string
): RefreshDescription => {
  if (authType !== "oauth2") {
    return refresh ?? { strategy: "none" }
  }
  return (
    oauth2?.refresh ?? {
      strategy:
        oauth2?.grant === "client_credentials"
          ? "client_credentials"
          : "refresh_token",
    }
  )
}

/** Whether a platform's credentials stay what they are until a person changes them. */
export const hasFixedToken = (
  description: ProviderDescription,
  authType: string
): boolean =>
  authType !== "oauth2" && refreshOf(description, authType).strategy === "none"

/** Whether a platform gets its first token without anybody's consent. */
export const needsNoConsent = (
  description: ProviderDescription,
  authType: string
): boolean => refreshOf(description, authType).strategy === "client_credentials"

/**
 * Asks the service for new tokens, in the way of its provider. The caller holds
 * the platform's lock, and stores what comes back.
 *
 * @param row - as it was read inside the lock
 * @throws {ServiceError} `token_invalid` when only a person can help
 */
export const requestNewTokens = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  signal?: AbortSignal
): Promise<TokenSet> => {
  const { strategy } = refreshOf(provider.description, row.auth_type)
  switch (strategy) {
    case "refresh_token": {
      const refreshToken = await openRefreshToken(container, row)
      const oauth = await oauthClientFor(container, provider, row, signal)
      return refreshAccessToken({ ...oauth, refreshToken })
    }
    case "client_credentials": {
      const oauth = await oauthClientFor(container, provider, row, signal)
      const settings = await resolveSettings(container, provider, row)
      return requestClientCredentialsToken({
        ...oauth,
        parameters: provider.description.oauth2?.token_parameters?.(settings),
      })
    }
    case "exchange_current_token":
    case "session": {
      if (!provider.renewToken) {
        throw noRenewal(row)
      }
      return provider.renewToken(
        await createProviderContext(container, provider, row, { signal })
      )
    }
    case "none":
      throw noRenewal(row)
  }
}

const noRenewal = (row: SocialPlatformRow): ServiceError =>
  new ServiceError(
    "token_invalid",
    `The access token of "${row.name}" has ended, and its service gives a new one only to a person. Connect it again.`,
    { code: "no_renewal" }
  )

const openRefreshToken = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<SecretString> => {
  const refreshToken = await openCredential(
    row.api_config as ApiConfig,
    "refresh_token",
    container,
    row.id
  )
  if (!refreshToken) {
    throw new ServiceError(
      "token_invalid",
      `The access token of "${row.name}" has ended and there is no refresh token. Connect it again.`,
      { code: "no_refresh_token" }
    )
  }
  return refreshToken
}
