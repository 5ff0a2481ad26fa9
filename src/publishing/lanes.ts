import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { applicationOf, socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../modules/socials/sql/publications"
import type { SocialsOptions } from "../modules/socials/utils/validate-options"
import { redactText } from "../secrets/redact-text"
import { holdingLease, LEASE_MS } from "./lease"

/**
 * How far ahead a process takes publications, in ms: as long as the job that
 * wakes it needs to come by, so that each begins at its second.
 */
export const LOOK_AHEAD_MS = 6_000

/**
 * How long room that has become free is left so, in ms, for more to follow:
 * publications that are taken together are read and committed together. Once
 * half of all room is free it is filled at once.
 */
const REFILL_MS = 100

/** Of a process's room one provider has at most this share: one that hangs leaves room for the others. */
const PROVIDER_SHARE = 0.8

/** Works on a publication that is claimed, and settles it. */
type Publish = (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease
) => Promise<void>

/** A publication that this process has in hand. */
interface InHand {
  provider: string
  task: Promise<void>
  /** Whether it is still being prepared. */
  isInLane: boolean
}

interface Lanes {
  take: () => Promise<void>
  leave: (publicationId: string) => void
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
    lanesOf.get(application) ?? createLanes(container, publishing, publish)
  lanesOf.set(application, lanes)
  await lanes.take()
}

/**
 * Gives a publication's lane to another one: it is ready, and all that is left
 * is to wait for its time and for the responses to its calls.
 */
export const leaveLane = (
  container: MedusaContainer,
  publicationId: string
): void => lanesOf.get(applicationOf(container))?.leave(publicationId)

/** Resolves when this process works on no publication and waits for none. */
export const lanesIdle = async (container: MedusaContainer): Promise<void> => {
  await lanesOf.get(applicationOf(container))?.idle()
}

const createLanes = (
  container: MedusaContainer,
  limits: Pick<SocialsOptions["publishing"], "lanes" | "in_hand">,
  publish: Publish
): Lanes => {
  const socials = socialsModule(container)
  const inHand = new Map<string, InHand>()
  let taking: Promise<void> | undefined
  let askedAgain = false
  let alarm: NodeJS.Timeout | undefined
  let refill: NodeJS.Timeout | undefined

  const room = (): number => {
    const all = [...inHand.values()]
    const inLanes = all.filter(({ isInLane }) => isInLane).length
    return Math.min(limits.lanes - inLanes, limits.in_hand - all.length)
  }

  const claim = async (): Promise<ClaimedPublication[]> => {
    const all = [...inHand.values()]
    const inLanes = all.filter(({ isInLane }) => isInLane)
    const free = room()
    if (free <= 0) {
      return []
    }
    const prepared = countEach(inLanes)
    const share = (limit: number): number => Math.ceil(limit * PROVIDER_SHARE)
    const spare = share(limits.in_hand) - share(limits.lanes)
    const busy = Object.entries(countEach(all)).map(([provider, count]) => [
      provider,
      Math.max(prepared[provider] ?? 0, count - spare),
    ])
    return socials.claimPublications({
      limit: free,
      perProvider: share(limits.lanes),
      busy: Object.fromEntries(busy),
      leaseMs: LEASE_MS,
    })
  }

  const begin = (publication: ClaimedPublication): void => {
    const { id, provider } = publication
    const task = workUnderLease(container, publication, publish).finally(() => {
      // The same one may be in hand again, under another lease.
      if (inHand.get(id)?.task === task) {
        inHand.delete(id)
      }
      // There may be more than this process had room for.
      refillSoon()
    })
    inHand.set(id, { provider, task, isInLane: true })
  }

  const leave = (publicationId: string): void => {
    const one = inHand.get(publicationId)
    if (one?.isInLane) {
      one.isInLane = false
      refillSoon()
    }
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
      clearTimeout(refill)
      refill = undefined
      const claimed = await claim()
      claimed.forEach(begin)
    } while (askedAgain)
    if (room() > 0) {
      await setAlarm()
    }
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

  const refillSoon = (): void => {
    if (room() * 2 >= limits.lanes) {
      takeSoon()
    } else {
      refill ??= setTimeout(takeSoon, REFILL_MS).unref()
    }
  }

  const idle = async (): Promise<void> => {
    while (taking || refill || inHand.size) {
      await Promise.all([
        refill ? take() : taking,
        ...[...inHand.values()].map(({ task }) => task),
      ])
    }
  }
  return { take, leave, idle }
}

const countEach = (
  publications: Pick<InHand, "provider">[]
): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { provider } of publications) {
    counts[provider] = (counts[provider] ?? 0) + 1
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
