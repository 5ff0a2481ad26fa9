import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { applicationOf, socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../modules/socials/sql/publications"
import { redactText } from "../secrets/redact-text"
import { holdingLease, LEASE_MS } from "./lease"

/**
 * How far ahead a process takes publications, in ms: as long as the job that
 * wakes it needs to come by, so that each begins at its second.
 */
export const LOOK_AHEAD_MS = 6_000

/** Of a process's lanes one provider has at most this share: one that hangs leaves room for the others. */
const PROVIDER_SHARE = 0.8

/** Works on a publication that is claimed, and settles it. */
type Publish = (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease
) => Promise<void>

interface Lanes {
  take: () => Promise<void>
  idle: () => Promise<void>
}

const lanesOf = new WeakMap<object, Lanes>()

/**
 * Lets this process take as much of what is due as it has lanes for, and go on
 * until nothing is. Every worker process that is woken takes its share; which
 * one gets a publication is the claim's to decide.
 */
export const takeDue = async (
  container: MedusaContainer,
  publish: Publish
): Promise<void> => {
  const socials = socialsModule(container)
  const application = applicationOf(container)
  const { publishing } = await socials.getOptions()
  const lanes =
    lanesOf.get(application) ??
    createLanes(container, publishing.lanes, publish)
  lanesOf.set(application, lanes)
  await lanes.take()
}

/** Resolves when this process works on no publication and waits for none. */
export const lanesIdle = async (container: MedusaContainer): Promise<void> => {
  await lanesOf.get(applicationOf(container))?.idle()
}

const createLanes = (
  container: MedusaContainer,
  limit: number,
  publish: Publish
): Lanes => {
  const socials = socialsModule(container)
  /** What this process works on, and whose service each concerns. */
  const active = new Map<Promise<void>, string>()
  let taking: Promise<void> | undefined
  let askedAgain = false
  let alarm: NodeJS.Timeout | undefined

  const claim = () =>
    socials.claimPublications({
      limit: limit - active.size,
      perProvider: Math.ceil(limit * PROVIDER_SHARE),
      busy: countEach(active.values()),
      leaseMs: LEASE_MS,
    })

  const begin = (publication: ClaimedPublication): void => {
    const task = workUnderLease(container, publication, publish).finally(() => {
      active.delete(task)
      // There may be more than this process had room for.
      takeSoon()
    })
    active.set(task, publication.provider)
  }

  /** The next one begins at its time, not when the job comes by. */
  const setAlarm = async (): Promise<void> => {
    const ms = await socials.msToNextDue(LOOK_AHEAD_MS)
    clearTimeout(alarm)
    alarm = ms === null ? undefined : setTimeout(takeSoon, ms).unref()
  }

  const takeAll = async (): Promise<void> => {
    do {
      askedAgain = false
      const claimed = limit > active.size ? await claim() : []
      claimed.forEach(begin)
    } while (askedAgain)
    await setAlarm()
  }

  const take = (): Promise<void> => {
    askedAgain = true
    taking ??= takeAll().finally(() => {
      taking = undefined
    })
    return taking
  }

  /** What the database refuses now, the job asks for again. */
  const takeSoon = (): void => void take().catch(() => undefined)

  const idle = async (): Promise<void> => {
    while (taking || active.size) {
      await Promise.all([taking, ...active.keys()])
    }
  }
  return { take, idle }
}

const countEach = (names: Iterable<string>): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) {
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Never throws: what could not be settled keeps its lease, and is taken over when that ends. */
const workUnderLease = async (
  container: MedusaContainer,
  publication: ClaimedPublication,
  publish: Publish
): Promise<void> => {
  const { id, lease_token: token } = publication
  const lease = { token, ms: LEASE_MS }
  try {
    await holdingLease(container, id, lease, () =>
      publish(container, publication, lease)
    )
  } catch (error) {
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    logger.error(
      `The publication ${id} could not be worked on: ${redactText((error as Error).message)}`
    )
  }
}
