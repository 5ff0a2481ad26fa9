import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type ApiConfig,
  encryptedKey,
} from "../../modules/socials/utils/api-config"
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
import { socialsModule } from "../modules"
import { throughCircuit } from "./circuit-breaker"
import { createProviderContext, resolveSettings } from "../use/context"
import { oauthClientFor } from "../oauth/client"
import { requireSubject } from "../oauth/subject"

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

/** Whether the plugin gets a platform's first token, from what a person has entered. */
export const getsFirstToken = (
  description: ProviderDescription,
  authType: string
): boolean =>
  ["client_credentials", "session"].includes(
    refreshOf(description, authType).strategy
  )

/** Whether a platform holds a refresh token; it is not opened. */
export const hasRefreshToken = ({
  api_config,
}: {
  api_config: ApiConfig | null
}): boolean =>
  [encryptedKey("refresh_token"), "refresh_token"].some(
    (key) => api_config?.[key]
  )

/** Whether a platform's token can be refreshed without a person. */
export const canRefresh = (
  description: ProviderDescription,
  row: { api_config: ApiConfig | null; auth_type: string }
): boolean => {
  const { strategy } = refreshOf(description, row.auth_type)
  return strategy === "refresh_token"
    ? hasRefreshToken(row)
    : strategy !== "none"
}

/**
 * How many times as long as others a request for new tokens may take: giving up
 * on one that was sent can lose the only refresh token there is.
 */
const PATIENCE = 4

/**
 * Asks the service for new tokens, in the way of its provider. The caller holds
 * the platform's lease, and stores what comes back.
 *
 * @param row - as it was read with the lease
 * @throws {ServiceError} `token_invalid` when only a person can help
 */
export const requestNewTokens = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow
): Promise<TokenSet> => {
  const { strategy } = refreshOf(provider.description, row.auth_type)
  const { request_timeout_ms } = await socialsModule(container).getOptions()
  const timeoutMs = PATIENCE * request_timeout_ms
  const send = <T>(endpoint: string, request: () => Promise<T>) =>
    throughCircuit(endpoint, request_timeout_ms, request)
  switch (strategy) {
    case "refresh_token": {
      const refreshToken = await openRefreshToken(container, row)
      const oauth = await oauthClientFor(container, provider, row, {
        timeoutMs,
      })
      const dpopKey = oauth.server.dpop
        ? await openCredential(
            row.api_config as ApiConfig,
            "dpop_key",
            container,
            row.id
          )
        : undefined
      const tokens = await send(oauth.server.token_endpoint, () =>
        refreshAccessToken({ ...oauth, refreshToken, dpopKey })
      ).catch((error) => {
        throw blameClientId(error, row, oauth.client.client_id)
      })
      requireSubject(
        provider,
        await resolveSettings(container, provider, row),
        tokens
      )
      return tokens
    }
    case "client_credentials": {
      const oauth = await oauthClientFor(container, provider, row, {
        timeoutMs,
      })
      const settings = await resolveSettings(container, provider, row)
      return send(oauth.server.token_endpoint, () =>
        requestClientCredentialsToken({
          ...oauth,
          parameters: provider.description.oauth2?.token_parameters?.(settings),
        })
      )
    }
    case "exchange_current_token":
    case "session": {
      const { refreshTokens } = provider
      if (!refreshTokens) {
        throw noRefresh(row)
      }
      const context = await createProviderContext(container, provider, row, {
        timeoutMs,
      })
      return send(`${row.provider} ${row.base_url ?? ""}`, () =>
        refreshTokens.call(provider, context)
      )
    }
    case "none":
      throw noRefresh(row)
  }
}

/**
 * RFC 6749, section 5.2, has one code for a grant that is gone and for one that
 * "was issued to another client". Where the configured client is another one
 * than the grant's, the grant is as good as ever for the old one.
 */
const blameClientId = (
  error: unknown,
  { name, granted_client_id }: SocialPlatformRow,
  clientId: string
): unknown =>
  isServiceError(error) &&
  error.code === "invalid_grant" &&
  granted_client_id &&
  granted_client_id !== clientId
    ? new ServiceError(
        "config_error",
        `"${name}" was connected with the client ID "${granted_client_id}", and the configured one is "${clientId}". Restore the client ID, or connect "${name}" again.`,
        { code: "client_id_changed", status: error.status }
      )
    : error

const noRefresh = (row: SocialPlatformRow): ServiceError =>
  new ServiceError(
    "token_invalid",
    `The access token of "${row.name}" has ended, and its service gives a new one only to a person. Connect it again.`,
    { code: "no_refresh" }
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
