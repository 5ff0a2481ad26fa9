import type { MedusaContainer } from "@medusajs/framework/types"
import { withHeartbeat } from "../credentials/heartbeat"
import { socialsModule } from "../credentials/modules"
import { ServiceError } from "../errors/service-error"
import type { Lease } from "../modules/socials/sql/publications"

/**
 * How long a worker may hold a publication without a sign of life, in ms: should
 * it die, the publication waits this long, and until the job comes by.
 */
export const LEASE_MS = 30_000

/** How often the holder of a lease shows that it is alive, in ms. */
const BEAT_MS = 10_000

/** The code of the failure of a worker whose claim another one has taken over. */
export const LEASE_LOST = "lease_lost"

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

export const leaseLost = (): ServiceError =>
  new ServiceError(
    "transient",
    "The post was changed or taken over by another worker meanwhile.",
    { code: LEASE_LOST }
  )

/**
 * Ends the work of a worker whose claim another one has taken over.
 *
 * @param isHeld - whether a write under the lease took effect
 * @throws {ServiceError} `transient`, code {@link LEASE_LOST}
 */
export const requireLease = (isHeld: boolean): void => {
  if (!isHeld) {
    throw leaseLost()
  }
}
