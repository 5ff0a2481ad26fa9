import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../errors/service-error"
import { withHeartbeat } from "../credentials/heartbeat"
import { socialsModule } from "../credentials/modules"

/**
 * How long a worker may hold a publication without a sign of life, in ms: should
 * it die, the publication waits this long, and until the job comes by.
 */
const LEASE_MS = 30_000

/** How often the holder of a lease shows that it is alive, in ms. */
const BEAT_MS = 10_000

export interface Lease {
  token: string
  ms: number
}

/** A lease with a token that no other claim has. */
export const newLease = (): Lease => ({ token: randomUUID(), ms: LEASE_MS })

/** Works on a publication and keeps its lease meanwhile, however long that takes. */
export const holdingLease = <T>(
  container: MedusaContainer,
  publicationId: string,
  lease: Lease,
  task: () => Promise<T>
): Promise<T> =>
  withHeartbeat(
    BEAT_MS,
    () => socialsModule(container).keepPublication(publicationId, lease),
    task
  )

/**
 * Commits that the call which cannot be repeated comes next.
 *
 * @throws {ServiceError} when the lease was lost: another worker may publish
 */
export const armUnderLease = async (
  container: MedusaContainer,
  publicationId: string,
  lease: Lease,
  recovery: Record<string, string>
): Promise<void> => {
  const armed = await socialsModule(container).armPublication(
    publicationId,
    lease,
    recovery
  )
  if (!armed) {
    throw new ServiceError(
      "transient",
      "Preparing the post took too long, and another worker has taken it over.",
      { code: "lease_lost" }
    )
  }
}
