import type { ILockingModule, MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import type {
  SocialAccountRow,
  SocialPlatformRow,
} from "../../modules/socials/rows"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import {
  type AccountCredentials,
  keepAccountCredentials,
  openAccountCredentials,
} from "../storage/account-credentials"
import { isRefusedToken, runWithCredentials } from "./with-credentials"

/** An account with the service that it is at. */
export interface AccountOfProvider {
  account: SocialAccountRow
  platform: SocialPlatformRow
  provider: SocialProvider
}

/** How long one change of a platform's accounts waits for another, in s. */
const LOCK_TIMEOUT_SECONDS = 30

/** Changes a platform's accounts, one at a time: two syncs at once would both find an account to be new. */
export const withAccountsLocked = <T>(
  container: MedusaContainer,
  platformId: string,
  change: () => Promise<T>
): Promise<T> => {
  const locking: ILockingModule = container.resolve(Modules.LOCKING)
  return locking.execute(`social-platform:${platformId}:accounts`, change, {
    timeout: LOCK_TIMEOUT_SECONDS,
  })
}

/** The service refuses what an account has of its own: that says nothing of the platform's token. */
class AccountRefusal extends Error {
  constructor(
    readonly refusal: ServiceError,
    readonly refused: AccountCredentials
  ) {
    super(refusal.message)
  }
}

/**
 * {@link runWithCredentials} for something that is done with one account: what
 * that has of its own takes the place of the platform's credentials of the same
 * name. Where the service refuses it, the accounts are listed anew, which brings
 * new ones, and the operation runs once more.
 *
 * @param operation - what to do; it may run twice, the second time only after
 * the service has refused the first
 * @throws {ServiceError} what the service said; `permission` where it goes on
 * refusing the account: that ends nothing for the others
 */
export const runForAccount = async <T>(
  container: MedusaContainer,
  of: AccountOfProvider,
  operation: (context: ProviderContext) => Promise<T>
): Promise<T> => {
  const { platform, provider } = of
  if (!provider.description.account_credentials?.length) {
    return runWithCredentials(container, platform, provider, operation)
  }
  try {
    return await attempt(container, of, operation)
  } catch (error) {
    if (!(error instanceof AccountRefusal)) {
      throw error
    }
    await fetchAccountCredentials(container, of, error)
  }
  return attempt(container, of, operation).catch((error: unknown) => {
    throw error instanceof AccountRefusal
      ? refusedAgain(of, error.refusal)
      : error
  })
}

const attempt = async <T>(
  container: MedusaContainer,
  { account, platform, provider }: AccountOfProvider,
  operation: (context: ProviderContext) => Promise<T>
): Promise<T> => {
  // Before anything is armed: what does not open has published nothing.
  const held = await openAccountCredentials(container, account.id)
  let isUsed = false
  const ofAccount = (name: string): SecretString | undefined => {
    isUsed ||= held.has(name)
    return held.get(name)
  }
  return runWithCredentials(
    container,
    platform,
    provider,
    (context) =>
      operation(context).catch((error: unknown) => {
        throw isUsed && isRefusedToken(error)
          ? new AccountRefusal(error, held)
          : error
      }),
    { ofAccount }
  )
}

/**
 * Asks the service for its accounts anew, unless somebody else has meanwhile.
 *
 * @throws {ServiceError} `permission` when it lists the account no more
 */
const fetchAccountCredentials = async (
  container: MedusaContainer,
  of: AccountOfProvider,
  { refusal, refused }: AccountRefusal
): Promise<void> => {
  const { account, platform, provider } = of
  const open = () => openAccountCredentials(container, account.id)
  await withAccountsLocked(container, platform.id, async () => {
    if (isSame(await open(), refused)) {
      const accounts = await runWithCredentials(
        container,
        platform,
        provider,
        async (context) => (await provider.listAccounts?.(context)) ?? []
      )
      await keepAccountCredentials(container, provider, platform, accounts)
    }
  })
  if (!(await open()).size) {
    throw refusedAgain(of, refusal)
  }
}

const isSame = (one: AccountCredentials, other: AccountCredentials): boolean =>
  one.size === other.size &&
  [...one].every(([name, value]) => other.get(name)?.equals(value))

const refusedAgain = (
  { account, provider }: AccountOfProvider,
  { message, status }: ServiceError
): ServiceError =>
  new ServiceError(
    "permission",
    `${provider.description.label} gives no access to "${account.name}": ${message} Check there that the person who connected the platform still manages "${account.name}", then connect again.`,
    { code: "account_refused", status }
  )
