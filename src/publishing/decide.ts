import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import type {
  SocialPostRow,
  SocialPublicationRow,
} from "../modules/socials/rows"
import type { PublishedPart } from "../modules/socials/sql/publications"
import { readAccount } from "./account"
import { firstMetricsAt } from "./metrics"
import { contentOfPublication, destinationOf } from "./post-content"

/** What a person has found out at the service. */
export interface Decision {
  /** The post. */
  id: string
  publication_id: string
  outcome: "published" | "not_published"
  /** 0 is the post itself. @default the part in doubt */
  part?: number
  /** Where the part is. */
  external_url?: string | null
}

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.NOT_ALLOWED, message)
}

/**
 * Records a person's decision about the part of a publication of which nobody
 * knows whether it is out. One that is goes on with what follows it.
 *
 * @returns the publication's state from now on
 * @throws {MedusaError} NOT_ALLOWED where the part is not in doubt, or what
 * follows it cannot go on without its address
 */
export const decide = async (
  container: MedusaContainer,
  decision: Decision
): Promise<"published" | "pending" | "failed"> => {
  const { id, publication_id } = decision
  const socials = socialsModule(container)
  const [publication] = await socials.listSocialPublications({
    id: publication_id,
    post_id: id,
    state: ["unknown", "handed_over"],
  })
  const known = (): never =>
    refuse(
      `Publication ${publication_id} of post ${id} does not exist or its outcome is known.`
    )
  if (!publication) {
    return known()
  }
  const part = publication.armed_part ?? 0
  if (decision.part !== undefined && decision.part !== part) {
    refuse(
      `Part ${decision.part + 1} is not in doubt: say what became of part ${part + 1}.`
    )
  }
  if (decision.outcome === "not_published") {
    const took = await socials.decideNotPublished(publication_id, id, part)
    return took ? "failed" : known()
  }
  const ref = await refOf(container, publication, part, decision)
  if (!(await socials.decidePublished(publication_id, id, ref))) {
    return known()
  }
  if (ref.isLast) {
    await socials.deleteCheckpoints([publication_id])
    await socials.scheduleMetrics(publication_id, firstMetricsAt())
  }
  return ref.isLast ? "published" : "pending"
}

/**
 * What is known of the part from its address.
 *
 * @throws {MedusaError} NOT_ALLOWED where the next part has to name it, and cannot
 */
const refOf = async (
  container: MedusaContainer,
  publication: SocialPublicationRow,
  part: number,
  { id, external_url: url = null }: Decision
): Promise<PublishedPart & { isLast: boolean }> => {
  const post = await socialsModule(container).retrieveSocialPost(id)
  const { account, provider } = await readAccount(
    container,
    publication.account_id
  )
  const { parts } = contentOfPublication(post as SocialPostRow, publication)
  const isLast = publication.state === "handed_over" || part >= parts.length - 1
  const destination = destinationOf(account)
  const external_id =
    (url && provider.readPermalink?.(destination, url)) || null
  if (!isLast && !external_id) {
    const { label } = provider.description
    refuse(
      url
        ? `${url} is not the address of a post at ${label}. Part ${part + 2} follows part ${part + 1}, so say where that is.`
        : `Part ${part + 2} follows part ${part + 1}: give its address at ${label} in external_url.`
    )
  }
  return { part, external_id, url, isLast }
}
