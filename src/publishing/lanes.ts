import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import {
  createSemaphore,
  type Semaphore,
} from "../credentials/access-token/semaphore"
import { socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  DuePublication,
  Lease,
} from "../modules/socials/sql/publications"
import { redactText } from "../secrets/redact-text"
import { holdingLease, newLease } from "./lease"

/**
 * How far ahead a process takes publications, in ms: as long as the job that
 * wakes it needs to come by, so that each begins at its second.
 */
export const LOOK_AHEAD_MS = 6_000

/** Publications that a process holds for each that it can work on: the next ones are at hand. */
const TAKEN_FOR_EACH_LANE = 2

/** Of a process's lanes one provider has at most this share: one that hangs leaves room for the others. */
const PROVIDER_SHARE = 0.4

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
  const { publishing } = await socials.getOptions()
  const lanes =
    lanesOf.get(socials) ?? createLanes(container, publishing.lanes, publish)
  lanesOf.set(socials, lanes)
  await lanes.take()
}

/** Resolves when this process works on no publication and waits for none. */
export const lanesIdle = async (container: MedusaContainer): Promise<void> => {
  await lanesOf.get(socialsModule(container))?.idle()
}

const unlimited = (): Error => new Error("Nobody is refused a lane.")

const createLanes = (
  container: MedusaContainer,
  limit: number,
  publish: Publish
): Lanes => {
  const socials = socialsModule(container)
  const all = createSemaphore(limit, Infinity, unlimited)
  const ofProvider = new Map<string, Semaphore>()
  /** The end of what each account has in this process: one at a time. */
  const ofAccount = new Map<string, Promise<void>>()
  const active = new Map<string, Promise<void>>()
  let taking: Promise<void> | undefined

  const providerLanes = (provider: string): Semaphore => {
    const known = ofProvider.get(provider)
    const lanes =
      known ??
      createSemaphore(
        Math.max(1, Math.ceil(limit * PROVIDER_SHARE)),
        Infinity,
        unlimited
      )
    ofProvider.set(provider, lanes)
    return lanes
  }

  const work = async ({
    id,
    account_id,
    provider,
    next_attempt_at,
  }: DuePublication): Promise<void> => {
    await until(next_attempt_at)
    const before = ofAccount.get(account_id)
    const turn = (before ?? Promise.resolve()).then(() =>
      providerLanes(provider).run(() =>
        all.run(() => claimAndPublish(container, id, publish))
      )
    )
    ofAccount.set(account_id, turn)
    await turn
    if (ofAccount.get(account_id) === turn) {
      ofAccount.delete(account_id)
    }
  }

  const takeMore = async (): Promise<void> => {
    const room = limit * TAKEN_FOR_EACH_LANE - active.size
    const due =
      room > 0 ? await socials.handOutPublications(LOOK_AHEAD_MS, room) : []
    for (const publication of due) {
      const task = work(publication).finally(() => {
        active.delete(publication.id)
        // What is due now may be more than this process had room for.
        void take().catch(() => undefined)
      })
      active.set(publication.id, task)
    }
  }

  const take = (): Promise<void> => {
    taking ??= takeMore().finally(() => {
      taking = undefined
    })
    return taking
  }

  const idle = async (): Promise<void> => {
    while (taking || active.size) {
      await Promise.all([taking, ...active.values()])
    }
  }
  return { take, idle }
}

const until = async (time: Date): Promise<void> => {
  const ms = time.getTime() - Date.now()
  if (ms > 0) {
    await new Promise((resolve) => setTimeout(resolve, ms).unref())
  }
}

/** Never throws: what could not be settled keeps its lease, and is taken over when that ends. */
const claimAndPublish = async (
  container: MedusaContainer,
  id: string,
  publish: Publish
): Promise<void> => {
  const lease = newLease()
  try {
    const publication = await socialsModule(container).claimPublication(
      id,
      lease
    )
    if (publication) {
      await holdingLease(container, id, lease, () =>
        publish(container, publication, lease)
      )
    }
  } catch (error) {
    const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
    logger.error(
      `The publication ${id} could not be worked on: ${redactText((error as Error).message)}`
    )
  }
}
