import { asValue } from "@medusajs/framework/awilix"
import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"
import { sealCredentials } from "../../../src/credentials/storage/seal"
import { changeCredentials } from "../../../src/credentials/storage/write"
import { SOCIALS_MODULE } from "../../../src/modules/socials/constants"
import type { ClaimedPublication } from "../../../src/modules/socials/sql/publications"
import { holdingLease, LEASE_MS } from "../../../src/publishing/lease"
import { workOn } from "../../../src/publishing/publish"
import type { TaskContext } from "../support/protocol"

/** Where a worker stops for good: before or after its n-th commit. */
export interface Stop {
  when: "before" | "after"
  nth: number
}

export type DrillEvent =
  /** It stands at its stop. */
  | { kind: "stopped"; publication: string }
  /** It came to an end, after so many commits. */
  | { kind: "settled"; publication: string; commits: number }

/** Everything of the module that commits something of a publication. */
const COMMITS = new Set([
  "writeCheckpoint",
  "showProgress",
  "armPublication",
  "disarmPublication",
  "recordPublishedPart",
  "recordFurtherPart",
  "settlePublication",
])

const PARTS = ["first", "second", "third"]

/** Makes publications of three parts that are due, each on an account of its own. */
export const seedDrill = async (
  { container }: TaskContext,
  input: { provider: string; url: string; count: number }
): Promise<string[]> => {
  const socials = socialsModule(container)
  const platform = await socials.createSocialPlatforms({
    name: input.provider,
    provider: input.provider,
    auth_type: "api_key",
    base_url: input.url,
    api_config: {},
    connected_at: new Date(),
  })
  const sealed = await sealCredentials(container, platform.id, {
    api_key: "a-key",
  })
  await changeCredentials(container, platform.id, async () => ({
    sealed,
    settings: { base_url: input.url },
  }))
  const accounts = await socials.createSocialAccounts(
    Array.from({ length: input.count }, (_, index) => ({
      platform_id: platform.id,
      external_id: `wall-${index}`,
      kind: "wall",
      name: `Wall ${index}`,
    }))
  )
  const [caption, ...following] = PARTS
  for (const { id } of accounts) {
    await socials.insertPost(
      {
        caption,
        status: "publishing",
        parts: following.map((text) => ({ text })) as never,
      },
      [{ account_id: id, next_attempt_at: new Date() }]
    )
  }
  const publications = await socials.listSocialPublications(
    { account_id: accounts.map(({ id }) => id) },
    { take: input.count, select: ["id"] }
  )
  return publications.map(({ id }) => id)
}

/** The same container with a module that counts the commits, and stops at one for ever. */
const stoppingAt = (
  container: MedusaContainer,
  stop: Stop | undefined,
  onStop: () => void
) => {
  const count = { commits: 0 }
  const halt = () => {
    onStop()
    return new Promise<never>(() => undefined)
  }
  const watched = new Proxy(socialsModule(container), {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== "function") {
        return value
      }
      const method = value.bind(target) as (...input: unknown[]) => unknown
      if (!COMMITS.has(String(name))) {
        return method
      }
      return async (...input: unknown[]) => {
        count.commits += 1
        const isHere = stop?.nth === count.commits
        if (isHere && stop.when === "before") {
          return halt()
        }
        const result = await method(...input)
        return isHere ? halt() : result
      }
    },
  })
  const scope = container.createScope() as MedusaContainer
  scope.register(SOCIALS_MODULE, asValue(watched))
  return { scope, count }
}

const workOnOne = async (
  { container, emit }: TaskContext,
  publication: ClaimedPublication,
  stop: Stop | undefined
): Promise<void> => {
  const { id, lease_token: token } = publication
  const lease = { token, ms: LEASE_MS }
  const { scope, count } = stoppingAt(container, stop, () =>
    emit({ kind: "stopped", publication: id } satisfies DrillEvent)
  )
  await holdingLease(container, id, lease, async () =>
    socialsModule(scope).settlePublication(
      publication,
      await workOn(scope, publication, lease)
    )
  )
  const { commits } = count
  emit({ kind: "settled", publication: id, commits } satisfies DrillEvent)
}

/**
 * Works on everything that is due, all at once.
 *
 * @param input.stops - where to stop with some of the publications
 * @returns once those are settled that do not stop
 */
export const drill = async (
  context: TaskContext,
  { stops = {} }: { stops?: Record<string, Stop> }
): Promise<number> => {
  const claimed = await socialsModule(context.container).claimPublications({
    limit: 10_000,
    perProvider: 10_000,
    busy: {},
    leaseMs: LEASE_MS,
  })
  await Promise.all(
    claimed.map((publication) =>
      workOnOne(context, publication, stops[publication.id])
    )
  )
  return claimed.length
}

/** Takes back what workers have held whose leases are over. */
export const release = ({ container }: TaskContext, _input: null) =>
  socialsModule(container).releaseExpiredLeases()
