import { MedusaError } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import { socialsModule } from "../../../credentials/modules"
import { checkedPublication, requireFitting } from "../../../publishing/fitting"
import { isSame } from "../../../publishing/content-change"
import {
  contentOf,
  type contentOfPublication,
  filesOf,
  type PostText,
} from "../../../publishing/post-content"
import {
  type Publication,
  type PublicationChoice,
  requireTargets,
} from "../../../publishing/targets"

export interface UpdatePublicationStepInput extends Omit<
  PublicationChoice,
  "account_id"
> {
  /** The post. */
  id: string
  publication_id: string
}

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.NOT_ALLOWED, message)
}

export const updatePublicationStepId = "update-social-publication"

/**
 * Changes what is different about a post on one account, also while it is out on
 * others. What is absent stays as it is; null takes the default again.
 */
export const updatePublicationStep = createStep(
  updatePublicationStepId,
  async (
    { id, publication_id, ...change }: UpdatePublicationStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const post = await socials.retrieveSocialPost(id, {
      relations: ["publications"],
    })
    const before = post.publications.find(({ id }) => id === publication_id)
    if (!before) {
      throw new MedusaError(
        MedusaError.Types.NOT_FOUND,
        `The post ${id} has no publication ${publication_id}.`
      )
    }
    requireOutUnchanged(post, before, change)
    const { account_id, placement, settings, variant } = before as Publication
    const targets = await requireTargets(container, [
      { account_id, placement, settings, variant, ...change },
    ])
    const [findings] = await requireFitting(
      container,
      post,
      targets,
      filesOf(change.variant ?? {})
    )
    const content = checkedPublication(findings)
    if (content.placement !== placement) {
      requireFreePlace(post.publications, content, before.external_id)
    }
    if (!(await socials.editPublication(publication_id, id, content))) {
      refuse(
        `The publication on ${targets[0].who} cannot be changed: it is out, or about to be.`
      )
    }
    return new StepResponse(
      { id },
      {
        id,
        publication_id,
        content: {
          placement,
          settings,
          variant,
          content_hash: before.content_hash,
          media_hash: before.media_hash,
        },
      }
    )
  },
  async (before, { container }) => {
    if (before) {
      await socialsModule(container).editPublication(
        before.publication_id,
        before.id,
        before.content
      )
    }
  }
)

type Stored = Parameters<typeof contentOfPublication>[1] & {
  parts: unknown
  settings: unknown
  state: string
}

/** What is out stays what it is, and so does what decided how it looks. */
const requireOutUnchanged = (
  post: PostText,
  before: Stored,
  change: Pick<UpdatePublicationStepInput, "settings" | "variant">
): void => {
  const out = (before.parts as unknown[] | null)?.length ?? 0
  // Of one that is out as a whole nothing can be changed, which is said later.
  if (!out || before.state === "published") {
    return
  }
  // Comments follow by their number: nothing may come before them.
  const fixed = before.comments ? Infinity : out
  const fixedOf = (variant: unknown) => {
    const { link, parts } = contentOf(post, variant)
    return { link, parts: parts.slice(0, fixed) }
  }
  const keepsSettings =
    change.settings === undefined ||
    isSame(change.settings ?? {}, before.settings ?? {})
  const keepsContent =
    change.variant === undefined ||
    isSame(fixedOf(change.variant), fixedOf(before.variant))
  if (!keepsSettings || !keepsContent) {
    refuse(
      `${out === 1 ? "The first part is" : `The first ${out} parts are`} out already: only what follows can be changed, not the link and not the settings.`
    )
  }
}

const requireFreePlace = (
  publications: { account_id: string; placement: string }[],
  content: { account_id: string; placement: string },
  externalId: string | null
): void => {
  if (externalId) {
    refuse("A part of it is out already: its placement cannot be changed.")
  }
  const isTaken = publications.some(
    ({ account_id, placement }) =>
      account_id === content.account_id && placement === content.placement
  )
  if (isTaken) {
    refuse(
      `The post has another publication with the placement ${content.placement} on this account.`
    )
  }
}
