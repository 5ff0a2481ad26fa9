import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { MISSING_PROBE } from "../../providers/generic/verify"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import type { Verification } from "../../providers/verification"
import type { SecretString } from "../../secrets/secret-string"
import { recordFailure } from "../state/failures"
import { introspectAccess } from "../oauth/introspection"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import {
  getsFirstToken,
  hasFixedToken,
  needsNoConsent,
} from "../access-token/strategy"
import { toldColumns } from "../state/tokens"
import { getAccessToken } from "../access-token/get-access-token"
import { tested } from "../state/transitions"
import { runWithCredentials } from "./with-credentials"
import {
  accessCredentials,
  accessOf,
  holdsAll,
} from "../state/needed-credentials"
import { changeCredentials } from "../storage/write"

/**
 * Asks a platform's service whether its credentials work, and records the
 * answer, with the scopes and the expiry where the service tells them.
 *
 * @returns what the service said of them, in a sentence
 * @throws {ServiceError} when they do not work, after it was recorded
 * @throws {MedusaError} NOT_ALLOWED when the service has no way to tell
 */
export const testPlatform = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider,
  signal?: AbortSignal
): Promise<string> => {
  const { label } = provider.description
  if (!canBeTested(provider, row.auth_type)) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${label} has no way to test a connection. Whether "${row.name}" works shows when it is used.`
    )
  }
  try {
    if (!hasFixedToken(provider.description, row.auth_type)) {
      await getAccessToken(container, row.id, { ignoreEarlierFailures: true })
    }
    const message = provider.verify
      ? await testAtService(container, row, provider, provider.verify, signal)
      : `${label} is connected.`
    await socialsModule(container).writeHealth(row.id, tested(row))
    return message
  } catch (error) {
    // Without an address to ask, nothing was said about the credentials.
    if (isServiceError(error) && error.code !== MISSING_PROBE) {
      await recordFailure(container, row, error)
    }
    throw error
  }
}

/** Whether there is a way to learn if credentials work: an operation, or getting a token with them. */
const canBeTested = (
  { verify, description }: SocialProvider,
  authType: string
): boolean => !!verify || getsFirstToken(description, authType)

const testAtService = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider,
  verify: NonNullable<SocialProvider["verify"]>,
  signal: AbortSignal | undefined
): Promise<string> => {
  const checked = await runWithCredentials(
    container,
    row,
    provider,
    (context) => check(container, row, provider, verify, context),
    { signal }
  )
  await storeWhatWasTold(container, row, provider, checked)
  return checked.verification.message
}

/** A person waits for what they have saved: longer than this, in ms, is too long. */
const SAVED_TEST_MS = 10_000

/**
 * Tests credentials that were just saved, where the service has a way, and
 * begins the session of one that has sessions. What comes of it is recorded on
 * the platform and never thrown: the credentials are saved all the same.
 */
export const testSavedCredentials = async (
  container: MedusaContainer,
  platformId: string
): Promise<void> => {
  try {
    const row =
      await socialsModule(container).retrieveSocialPlatform(platformId)
    const provider = await getProvider(container, row.provider)
    const access = await accessOf(container, row)
    const isTestable =
      row.status !== "inactive" &&
      canBeTested(provider, row.auth_type) &&
      (needsNoConsent(provider.description, row.auth_type) ||
        holdsAll((row.api_config ?? {}) as ApiConfig, access?.needed ?? null))
    if (isTestable) {
      await testPlatform(
        container,
        row,
        provider,
        AbortSignal.timeout(SAVED_TEST_MS)
      )
    }
  } catch (error) {
    if (!isServiceError(error)) {
      const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
      logger.warn(
        `The credentials of platform ${platformId} were saved, but the test of the connection failed: ${(error as Error).message}`
      )
    }
  }
}

interface Checked {
  verification: Verification
  /** The credential that the service has spoken of; absent when it told nothing. */
  credential?: SecretString
}

/** The credential whose expiry and scopes a service tells. */
const spokenOf = ({ description }: SocialProvider, authType: string): string =>
  (hasFixedToken(description, authType) &&
    accessCredentials(description, authType)[0]) ||
  "access_token"

/** Asks the introspection endpoint, where there is one, and then in the provider's own way. */
const check = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider,
  verify: NonNullable<SocialProvider["verify"]>,
  context: ProviderContext
): Promise<Checked> => {
  const { introspected, failure } = await introspectAccess(
    container,
    provider,
    row,
    context
  )
  const said = await verify
    .call(provider, context, introspected)
    .catch((error: unknown) => {
      // Without an address to ask, what kept the endpoint from answering is the reason.
      throw failure && isServiceError(error) && error.code === MISSING_PROBE
        ? failure
        : error
    })
  const verification: Verification = {
    token_expires_at: introspected?.expires_at ?? undefined,
    granted_scopes: introspected?.scopes ?? undefined,
    ...(typeof said === "string" ? { message: said } : said),
  }
  const tellsMore =
    verification.token_expires_at !== undefined ||
    verification.granted_scopes !== undefined
  return {
    verification,
    ...(tellsMore && {
      credential: await context.credential(spokenOf(provider, row.auth_type)),
    }),
  }
}

/**
 * Stores what the service told of a platform's own credential. One that all
 * platforms share changes without them, and what is stored of it would go stale.
 */
const storeWhatWasTold = async (
  container: MedusaContainer,
  { id, auth_type }: SocialPlatformRow,
  provider: SocialProvider,
  { verification, credential }: Checked
): Promise<void> => {
  if (!credential) {
    return
  }
  await changeCredentials(container, id, async (current) => {
    const columns = await toldColumns(
      container,
      provider,
      current,
      verification
    )
    if (!columns) {
      return null
    }
    const held = await openCredential(
      current.api_config as ApiConfig,
      spokenOf(provider, auth_type),
      container,
      id
    )
    // Connected anew meanwhile: this is old news.
    return held?.equals(credential) ? { columns } : null
  })
}
