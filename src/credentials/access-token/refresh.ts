import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { SocialProvider } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import { recordRefresh } from "../../telemetry/metrics"
import { withSpan } from "../../telemetry/spans"
import { areSourcesEqual } from "../state/token-sources"
import { recordCredentialEvent } from "../state/events"
import { recordFailure } from "../state/failures"
import { encryptionModule, socialsModule } from "../modules"
import { CIRCUIT_OPEN } from "./circuit-breaker"
import { extendsRefreshToken, retryRefreshAt } from "./schedule"
import { requestNewTokens } from "./strategy"
import { openAccessToken } from "./usable-token"
import { grantColumns, secretsOf } from "../state/tokens"
import { refreshed, type StoredError } from "../state/transitions"
import { changeCredentials } from "../storage/write"

export interface RefreshedToken {
  token: SecretString
  /** The one before it; absent where none was refreshed, or there was none. */
  replaced?: SecretString
}

/**
 * Refreshes a platform's token and stores the new ones in one write. The caller
 * holds the platform's lease and has read `row` with it. Nothing aborts a request
 * that was sent: what it grants may be the only refresh token there is.
 *
 * @throws {ServiceError} after it was recorded on the platform
 */
export const refreshPlatformToken = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow
): Promise<RefreshedToken> => {
  const startedAt = Date.now()
  try {
    // A refresh token can be used once: what replaces it must find its key.
    await encryptionModule(container).assertCanSeal()
    const tokens = await withSpan(
      "social_platforms.token.refresh",
      { provider: row.provider, platform_id: row.id },
      () => requestNewTokens(container, provider, row)
    )
    const grant = await grantColumns(container, provider, row, tokens)

    // The old refresh token may be used up by now: the new one must be stored
    // unless somebody has connected the platform anew in the meantime. Whom it
    // is sealed for is decided with the write, for the tenant may change too.
    const refreshedAt = new Date()
    const before = await openAccessToken(container, row)
    const written = await changeCredentials(
      container,
      row.id,
      async (current) =>
        (await isSameGrant(container, provider, row, current)) &&
        !hasEndedMeanwhile(row, current)
          ? {
              secrets: secretsOf(tokens),
              columns: refreshed(current, grant, refreshedAt, {
                isExtended: extendsRefreshToken(
                  current,
                  tokens.refresh_token_expires_at,
                  refreshedAt
                ),
                isAnother: !before?.equals(tokens.access_token),
              }),
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
    recordRefresh(row.provider, "success", startedAt)
    await retryMisconfigured(container, row)
    return { token: tokens.access_token, replaced: before }
  } catch (error) {
    if (isServiceError(error)) {
      recordRefresh(row.provider, error.errorClass, startedAt)
      if (error.code === CIRCUIT_OPEN) {
        await waitForCircuit(container, row, error)
      } else if (error.code !== "superseded") {
        await recordFailure(container, row, error, {
          retryAt: retryRefreshAt(row.consecutive_failures + 1, error.retryAt),
        })
        await recordFailedRefresh(container, row, error)
      }
    }
    throw error
  }
}

/** Nothing was sent: the token's refresh is put off, and has not failed. */
const waitForCircuit = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { retryAt }: ServiceError
): Promise<void> => {
  await socialsModule(container).writeHealth(
    row.id,
    { next_refresh_at: retryRefreshAt(1, retryAt) },
    row.credentials_version
  )
}

/**
 * Whether somebody else learnt that the grant is gone: a holder that lost its
 * lock must not bring a dead connection back.
 */
const hasEndedMeanwhile = (
  before: SocialPlatformRow,
  now: SocialPlatformRow
): boolean =>
  now.token_validity === "false" && before.token_validity !== "false"

/** In the audit trail at the first of several failures that belong together. */
const recordFailedRefresh = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  { errorClass, code }: ServiceError
): Promise<void> => {
  const isFirst = row.consecutive_failures === 0
  if (isFirst && !["token_invalid", "config_error"].includes(errorClass)) {
    await recordCredentialEvent(container, {
      platform_id: row.id,
      type: "refresh_failed",
      details: { class: errorClass, code },
    })
  }
}

/**
 * A refresh works again after the application's registration did not: what has
 * failed for that reason need not wait any longer.
 */
const retryMisconfigured = async (
  container: MedusaContainer,
  { provider, last_error }: SocialPlatformRow
): Promise<void> => {
  if ((last_error as StoredError | null)?.class === "config_error") {
    await socialsModule(container).retryMisconfiguredRefreshes(provider)
  }
}

/**
 * Whether the row still holds the access token that was refreshed. The tokens
 * are compared, not their envelopes: re-encryption makes another envelope of
 * the same token, and a rotated refresh token must not be lost to it.
 */
const isSameGrant = async (
  container: MedusaContainer,
  { description }: SocialProvider,
  before: SocialPlatformRow,
  now: SocialPlatformRow
): Promise<boolean> => {
  const [a, b] = await Promise.all(
    [before, now].map((row) => openAccessToken(container, row))
  )
  if (!a || !b) {
    // A first token: nobody else got one meanwhile, and it was not made from a
    // login that has been replaced since.
    return (
      !a && !b && (await areSourcesEqual(container, description, before, now))
    )
  }
  return a.equals(b)
}
