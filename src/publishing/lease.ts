import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../errors/service-error"
import { socialsModule } from "../credentials/modules"

/**
 * How long a worker may hold a publication without a sign of life, in ms. It
 * outlasts a slow upload; should the worker die, the publication waits this long.
 */
export const LEASE_MS = 5 * 60 * 1000

export interface Lease {
  token: string
  ms: number
}

/** A lease with a token that no other claim has. */
export const newLease = (): Lease => ({ token: randomUUID(), ms: LEASE_MS })

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
