import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import { requireUsablePlatform } from "../credentials/state/usable"
import { runForAccount } from "../credentials/use/account"
import { isServiceError } from "../errors/service-error"
import type { MeasuredPublication } from "../modules/socials/sql/metrics"
import type { Destination, Metric } from "../providers/publication"
import type { ProviderContext, SocialProvider } from "../providers/types"
import { redactText } from "../secrets/redact-text"
import { readAccount } from "./account"
import { destinationOf } from "./post-content"
import { knownParts, readNetworkState } from "./post-state"

const HOUR_MS = 3_600_000

/** When the figures of a post are read, in ms after it went out. */
const AGES_MS = [1, 6, 24, 7 * 24, 28 * 24].map((hours) => hours * HOUR_MS)

/** How often the figures of an account are read, in ms: once a day. */
const ACCOUNT_INTERVAL_MS = 24 * HOUR_MS

/** How long a worker that died keeps what it has taken on, in ms. */
const CLAIM_MS = 10 * 60_000

/** What one statement takes on. */
const BATCH_SIZE = 50

/** When the first figures of what goes out now are read. */
export const firstMetricsAt = (): Date => new Date(Date.now() + AGES_MS[0])

/** When figures are read next; null after the last time. */
export const nextMetricsAt = (
  publishedAt: Date,
  now: number = Date.now()
): Date | null => {
  const next = AGES_MS.map((age) => publishedAt.getTime() + age).find(
    (time) => time > now
  )
  return next === undefined ? null : new Date(next)
}

type OnRemoval = (publication: { id: string; post_id: string }) => Promise<void>

/**
 * Reads what is due of the figures of posts and accounts, and keeps them, and asks
 * on that occasion whether the posts are still there. What a
 * service does not tell now is asked for at the next planned time.
 *
 * @param deadline - nothing is begun after it, in ms since the epoch
 * @param onRemoval - is told of what a service has taken down, or has no more
 */
export const collectMetrics = async (
  container: MedusaContainer,
  deadline: number,
  onRemoval: OnRemoval
): Promise<void> => {
  const socials = socialsModule(container)
  while (Date.now() < deadline) {
    const due = await socials.claimDueMetrics(CLAIM_MS, BATCH_SIZE)
    for (const publication of due) {
      await measurePublication(container, publication, onRemoval)
    }
    const accounts = await socials.claimDueAccountMetrics(
      ACCOUNT_INTERVAL_MS,
      BATCH_SIZE
    )
    for (const id of accounts) {
      await measureAccount(container, id)
    }
    if (due.length + accounts.length === 0) {
      return
    }
  }
}

const measurePublication = async (
  container: MedusaContainer,
  publication: MeasuredPublication,
  onRemoval: OnRemoval
): Promise<void> => {
  const socials = socialsModule(container)
  const { id, account_id, published_at } = publication
  const known = knownParts(publication)
  await socials.planMetrics(id, nextMetricsAt(new Date(published_at)))
  await keep(container, account_id, id, async (provider, context, account) => {
    const found = await readNetworkState(
      provider,
      context,
      account,
      known
    ).catch((error: unknown) => {
      // Its figures may be told all the same.
      warn(container, `What has become of ${id} could not be read`, error)
      return null
    })
    if (
      found &&
      (await socials.noteNetworkState(id, found.removal, found.urls))
    ) {
      await onRemoval(publication)
    }
    if (found?.removal) {
      // There are no figures of what is not there.
      return []
    }
    const perPart = await Promise.all(
      known.map((ref) => provider.fetchPostMetrics?.(context, account, ref))
    )
    return sumOf(perPart.flatMap((metrics) => metrics ?? []))
  })
}

/** A thread's figures are those of its parts together. */
const sumOf = (metrics: Metric[]): Metric[] => {
  const sums = new Map<string, number>()
  for (const { name, value } of metrics) {
    sums.set(name, (sums.get(name) ?? 0) + value)
  }
  return [...sums].map(([name, value]) => ({ name, value }))
}

const measureAccount = (
  container: MedusaContainer,
  accountId: string
): Promise<void> =>
  keep(
    container,
    accountId,
    null,
    async (provider, context, account) =>
      (await provider.fetchAccountMetrics?.(context, account)) ?? []
  )

type Read = (
  provider: SocialProvider,
  context: ProviderContext,
  account: Destination
) => Promise<Metric[]>

/** Reads figures and keeps them. Never throws: they are no reason to stop for others. */
const keep = async (
  container: MedusaContainer,
  accountId: string,
  publicationId: string | null,
  read: Read
): Promise<void> => {
  const socials = socialsModule(container)
  try {
    const of = await readAccount(container, accountId)
    const { account, platform, provider } = of
    await requireUsablePlatform(container, platform, provider)
    const metrics = await runForAccount(container, of, (context) =>
      read(provider, context, destinationOf(account))
    )
    const measured_at = new Date()
    await socials.createSocialMetrics(
      metrics.map(({ name, value }) => ({
        account_id: accountId,
        publication_id: publicationId,
        name,
        value,
        measured_at,
      }))
    )
  } catch (error) {
    warn(
      container,
      `The figures of ${publicationId ?? accountId} could not be read`,
      error
    )
  }
}

const warn = (
  container: MedusaContainer,
  what: string,
  error: unknown
): void => {
  const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const reason = isServiceError(error) ? error.message : String(error)
  logger.warn(`${what}: ${redactText(reason)}`)
}
