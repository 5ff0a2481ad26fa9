import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../../modules/socials/sql/publications"
import { failedOutcome, unknownOutcome } from "../../publishing/outcome"
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
  } catch (error) {
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
