import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import { getAccessToken } from "../access-token/get-access-token"
import { createProviderContext } from "./context"
import { stampUse } from "../state/last-use"
import { attributeFailure, recordFailure } from "../state/failures"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import { requireUsablePlatform } from "../state/usable"
import { hasFixedToken } from "../access-token/strategy"

/** The code of a refusal of a token that was granted a moment before. */
export const REFUSED_THOUGH_NEW = "refused_though_new"

export interface WithCredentialsOptions {
  /** Aborts the operation's requests. */
  signal?: AbortSignal
}

/**
 * Runs requests in a platform's name, for code of the application that calls a
 * service itself: `fetch` and `request` of the context carry the platform's
 * credentials, however the service wants them (bearer token, login, key in a
 * header, query or path, OAuth 1.0a signature). An access token is refreshed
 * before it ends, and once more when the service refuses it.
 *
 * Paths are below the service's base address. Another host is refused, unless
 * the request is sent without credentials, with `credentials: "omit"`.
 *
 * @param platformId - the platform
 * @param operation - what to do; it runs a second time, from its beginning,
 * after the service has refused the token that it used
 * @returns what the operation returns
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED for a platform that is inactive
 * or not connected
 * @throws {ServiceError} what the service said; a refusal of the credentials is
 * recorded on the platform
 *
 * @example
 * const orders = await withCredentials(container, platform.id, ({ request }) =>
 *   request<Order[]>("/v1/orders", { query: { limit: 50 } })
 * )
 */
export const withCredentials = async <T>(
  container: MedusaContainer,
  platformId: string,
  operation: (context: ProviderContext) => Promise<T>,
  { signal }: WithCredentialsOptions = {}
): Promise<T> => {
  const row = await socialsModule(container).retrieveSocialPlatform(platformId)
  const provider = await getProvider(container, row.provider)
  await requireUsablePlatform(container, row, provider)
  return runWithCredentials(container, row, provider, operation, { signal })
}

/**
 * {@link withCredentials} for a platform that has been read, whether it may be
 * used or not: a check has to run before that is known. When the service refuses
 * the access token, it is refreshed and the operation runs once more. The second
 * refusal is recorded, but ends nothing: the token endpoint has just honoured
 * the grant.
 *
 * @param operation - what to do; it may run twice, the second time only after
 * the service has refused the first
 * @param options - what an account has of its own in place of the platform's
 * credentials, and a signal that aborts the operation's requests
 * @throws {ServiceError} what the service said, after it was recorded
 */
export const runWithCredentials = async <T>(
  container: MedusaContainer,
  row: SocialPlatformRow,
  provider: SocialProvider,
  operation: (context: ProviderContext) => Promise<T>,
  {
    signal,
    ofAccount,
  }: WithCredentialsOptions & {
    ofAccount?: (name: string) => SecretString | undefined
  } = {}
): Promise<T> => {
  const run = async (accessToken?: SecretString): Promise<T> =>
    operation(
      await createProviderContext(container, provider, row, {
        accessToken,
        ofAccount,
        signal,
      })
    )

  if (hasFixedToken(provider.description, row.auth_type)) {
    const result = await recordingFailure(container, row, () => run())
    stampUse(container, row.id)
    return result
  }

  const token = await getAccessToken(container, row.id)
  const result = await run(token).catch(async (error) => {
    if (!isRefusedToken(error)) {
      await attributeToHolder(container, row.id, token, error)
      throw error
    }
    const next = await anotherToken(container, provider, row, token, error)
    return run(next).catch(async (refusal) => {
      throw await recordSecondRefusal(container, provider, row, refusal)
    })
  })
  stampUse(container, row.id)
  return result
}

/**
 * The token in place of a refused one.
 *
 * @throws the refusal, where new tokens were refused again and again
 */
const anotherToken = async (
  container: MedusaContainer,
  { description }: SocialProvider,
  row: SocialPlatformRow,
  rejected: SecretString,
  refusal: ServiceError
): Promise<SecretString> => {
  try {
    return await getAccessToken(container, row.id, { rejected })
  } catch (error) {
    throw isServiceError(error) && error.code === "backing_off"
      ? refusedThoughNew(description.label, refusal)
      : error
  }
}

/**
 * Records what went wrong with a token that was granted for this operation.
 *
 * @param callersRow - the platform before that: the refresh has counted its
 * failures from nothing again
 * @returns the error to throw
 */
const recordSecondRefusal = async (
  container: MedusaContainer,
  { description }: SocialProvider,
  callersRow: SocialPlatformRow,
  error: unknown
): Promise<unknown> => {
  if (!isServiceError(error)) {
    return error
  }
  const row = await socialsModule(container).retrieveSocialPlatform(
    callersRow.id
  )
  if (!isRefusedToken(error)) {
    attributeFailure(error, row)
    return error
  }
  const refusal = refusedThoughNew(description.label, error)
  attributeFailure(refusal, row)
  await recordFailure(container, row, refusal, {
    failures: callersRow.consecutive_failures + 1,
  })
  return refusal
}

/** The service grants tokens and refuses them: a person has to see why. */
const refusedThoughNew = (
  label: string,
  { message, status }: ServiceError
): ServiceError =>
  new ServiceError(
    "permission",
    `${label} gives new tokens, and refuses them all the same: ${message}`,
    { code: REFUSED_THOUGH_NEW, status }
  )

/**
 * The token may have been refreshed for this very operation: what went wrong
 * with it is news about the row as long as that still holds it.
 */
const attributeToHolder = async (
  container: MedusaContainer,
  platformId: string,
  token: SecretString,
  error: unknown
): Promise<void> => {
  if (!isServiceError(error)) {
    return
  }
  const row = await socialsModule(container).retrieveSocialPlatform(platformId)
  const held = await openCredential(
    row.api_config as ApiConfig,
    "access_token",
    container,
    platformId
  )
  if (held?.equals(token)) {
    attributeFailure(error, row)
  }
}

export const isRefusedToken = (error: unknown): error is ServiceError =>
  isServiceError(error) &&
  ["token_expired", "token_invalid"].includes(error.errorClass)

/** Records a refusal that concerns the credentials; other failures belong to the operation. */
const recordingFailure = async <T>(
  container: MedusaContainer,
  row: SocialPlatformRow,
  run: () => Promise<T>
): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    if (isServiceError(error)) {
      attributeFailure(error, row)
      if (isRefusedToken(error)) {
        await recordFailure(container, row, error)
      }
    }
    throw error
  }
}
