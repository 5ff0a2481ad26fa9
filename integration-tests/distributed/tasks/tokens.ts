import type { VerifiedCount } from "../../../src/shared/encryption-types"
import { getAccessToken } from "../../../src/credentials/access-token/get-access-token"
import { verifyBatch } from "../../../src/credentials/key-operations/verify"
import { socialsModule } from "../../../src/credentials/modules"
import type { ApiConfig } from "../../../src/modules/socials/utils/api-config"
import {
  decryptAccessToken,
  decryptRefreshToken,
} from "../../../src/modules/socials/utils/token-helpers"
import type { TaskContext } from "../support/protocol"
import { numberOf } from "../support/token-log"

/** Numbers of the tokens that a row holds. */
export interface HeldTokens {
  platform: string
  access: number
  refresh: number
}

/** Told after each refresh, which is stored by then. */
export interface RefreshedEvent {
  kind: "refreshed"
  platform: string
  to: number
}

/**
 * Gets another token for a platform, as if its service had refused the present
 * one.
 *
 * @throws Error when the token that it gets is not a newer one
 */
export const refreshOnce = async (
  { container, emit }: TaskContext,
  { platform }: { platform: string }
): Promise<void> => {
  const rejected = await getAccessToken(container, platform)
  const token = await getAccessToken(container, platform, { rejected })
  const from = numberOf(rejected.reveal())
  const to = numberOf(token.reveal())
  if (!(to > from)) {
    throw new Error(`Got token ${to} of ${platform} in place of ${from}.`)
  }
  emit({ kind: "refreshed", platform, to } satisfies RefreshedEvent)
}

/** Refreshes each platform once. */
export const refreshEach = async (
  context: TaskContext,
  { platforms }: { platforms: string[] }
): Promise<void> => {
  for (const platform of platforms) {
    await refreshOnce(context, { platform })
  }
}

/** Opens the tokens of each platform. */
export const readTokens = (
  { container }: TaskContext,
  { platforms }: { platforms: string[] }
): Promise<HeldTokens[]> =>
  Promise.all(
    platforms.map(async (platform) => {
      const row =
        await socialsModule(container).retrieveSocialPlatform(platform)
      const apiConfig = row.api_config as ApiConfig
      const [access, refresh] = await Promise.all([
        decryptAccessToken(apiConfig, container, platform),
        decryptRefreshToken(apiConfig, container, platform),
      ])
      return {
        platform,
        access: numberOf(access.reveal()),
        refresh: numberOf(refresh.reveal()),
      }
    })
  )

/** Opens everything there is, and tells what it found. */
export const verifyAll = async (
  { container }: TaskContext,
  { limit }: { limit: number }
): Promise<{ quarantined: number; verified: VerifiedCount[] }> => {
  const { quarantined, verified } = await verifyBatch(container, { limit })
  return { quarantined: quarantined.length, verified }
}
