import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../../modules/socials/sql/publications"
import { ServiceError } from "../../errors/service-error"
import { failedOutcome, unknownOutcome } from "../../publishing/outcome"
import { logUnexpected } from "../../publishing/unexpected"
import { REFUSED_BY_STORE } from "../../shared/trouble"
import { publishPublicationWorkflow } from "./workflows/publish-publication"

/**
 * Runs the workflow for a publication that this process has claimed. What a
 * handler of the application refuses fails with its words, and what the database
 * refuses is tried again; after the outcome is committed nothing changes it any more.
 */
export const publishClaimed = async (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease
): Promise<void> => {
  try {
    await publishPublicationWorkflow(container).run({
      input: { publication, lease },
    })
  } catch (failure) {
    logUnexpected(container, publication.id, failure)
    const error = inOwnWords(failure)
    const socials = socialsModule(container)
    const { publishing } = await socials.getOptions()
    const settled = await socials.settlePublication(
      publication,
      publication.armed_at
        ? unknownOutcome(error, null)
        : failedOutcome(error, publication, publishing.budget_ms)
    )
    if (!settled) {
      throw error
    }
  }
}

/** What a handler says by a refusal is the store's own: no setting of the platform's mends it. */
const inOwnWords = (error: unknown): unknown =>
  MedusaError.isMedusaError(error) && REFUSALS.includes(error.type)
    ? new ServiceError("config_error", error.message, {
        code: REFUSED_BY_STORE,
      })
    : error

const REFUSALS: string[] = [
  MedusaError.Types.NOT_ALLOWED,
  MedusaError.Types.INVALID_DATA,
]
