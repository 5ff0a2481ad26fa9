import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../errors/service-error"
import type { SocialPlatformRow } from "../modules/socials/service"
import type { ApiConfig } from "../modules/socials/utils/api-config"
import { openCredential } from "../modules/socials/utils/token-helpers"
import { refreshAccessToken } from "../oauth/refresh-token"
import type { SocialProvider } from "../providers/types"
import type { SecretString } from "../secrets/secret-string"
import { recordCredentialEvent } from "./events"
import { recordFailure } from "./failures"
import { oauthClientFor } from "./oauth-client"
import { sealTokens, tokenColumns } from "./tokens"
import { changeCredentials } from "./write"

/**
 * Refreshes a platform's token and stores the new ones in one write. The caller
 * holds the platform's lock and has read `row` inside it.
 *
 * @returns the new access token
 * @throws {ServiceError} after it was recorded on the platform
 */
export const refreshPlatformToken = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  signal?: AbortSignal
): Promise<SecretString> => {
  try {
    const refreshToken = await openRefreshToken(container, row)
    const oauth = await oauthClientFor(container, provider, row, signal)
    const tokens = await refreshAccessToken({ ...oauth, refreshToken })
    const sealed = await sealTokens(container, row.id, tokens)

    // The old refresh token may be used up by now: the new one must be stored
    // unless somebody has connected the platform anew in the meantime.
    const written = await changeCredentials(container, row.id, async (current) =>
      (await isSameGrant(container, row, current))
        ? {
            sealed,
            columns: {
              ...tokenColumns(tokens),
              // Refreshing does not switch on what a person has switched off.
              status: current.status === "error" ? "active" : current.status,
              last_refreshed_at: new Date(),
            },
          }
        : null
    )
    if (written === null) {
      throw new ServiceError(
        "transient",
        `"${row.name}" was connected anew or disconnected while its token was refreshed. Try again.`,
        { code: "superseded" }
      )
    }

    await recordCredentialEvent(container, {
      platform_id: row.id,
      type: "refreshed",
      details: { token_expires_at: tokens.expires_at?.toISOString() ?? null },
    })
    return tokens.access_token
  } catch (error) {
    if (isServiceError(error) && error.code !== "superseded") {
      await recordFailure(container, row, error)
    }
    throw error
  }
}

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

/**
 * Whether the row still holds the access token that was refreshed. The tokens
 * are compared, not their envelopes: re-encryption makes another envelope of
 * the same token, and a rotated refresh token must not be lost to it.
 */
const isSameGrant = async (
  container: MedusaContainer,
  before: SocialPlatformRow,
  now: SocialPlatformRow
): Promise<boolean> => {
  const [a, b] = await Promise.all(
    [before, now].map(({ api_config }) =>
      openCredential(
        api_config as ApiConfig,
        "access_token",
        container,
        before.id
      )
    )
  )
  return !!a && !!b && a.equals(b)
}
