import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import { MISSING_PROBE } from "../../providers/generic/verify"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import type { Verification } from "../../providers/verification"
import type { SecretString } from "../../secrets/secret-string"
import { recordFailure } from "../state/failures"
import { introspectAccess } from "../oauth/introspection"
import { socialsModule } from "../modules"
import { hasFixedToken } from "../access-token/strategy"
import { toldColumns } from "../state/tokens"
import { getAccessToken } from "../access-token/get-access-token"
import { tested } from "../state/transitions"
import { runWithCredentials } from "./with-credentials"
import { accessCredentials } from "../state/needed-credentials"
import { changeCredentials } from "../storage/write"

/**
 * Asks a platform's service whether its credentials work, and records the
 * answer, with the scopes and the expiry where the service tells them.
 *
 * @returns what the service said of them, in a sentence
 * @throws {ServiceError} when they do not work, after it was recorded
 * @throws {MedusaError} NOT_ALLOWED when the service has no way to tell
 */
export const verifyPlatform = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider
): Promise<string> => {
  const { verify } = provider
  if (!verify) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${provider.description.label} has no way to check its credentials.`
    )
  }
  try {
    if (!hasFixedToken(provider.description, row.auth_type)) {
      await getAccessToken(container, row.id, { ignoreEarlierFailures: true })
    }
    const checked = await runWithCredentials(
      container,
      row,
      provider,
      (context) => check(container, row, provider, verify, context)
    )
    await storeWhatWasTold(container, row, provider, checked)
    await socialsModule(container).writeHealth(row.id, tested(row))
    return checked.verification.message
  } catch (error) {
    if (isServiceError(error)) {
      await recordFailure(container, row, error)
    }
    throw error
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
