import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../credentials/modules"
import type {
  SocialPostRow,
  SocialPublicationRow,
} from "../modules/socials/rows"
import type { PublishedPart } from "../modules/socials/sql/publications"
import { checkTargets } from "./fitting"
import {
  contentOfPublication,
  type FollowingPart,
  type PostMedia,
} from "./post-content"
import { type Publication, requireTargets } from "./targets"

/** What a comment goes under. */
export interface CommentPlace {
  /** The post. */
  id: string
  publication_id: string
}

export interface NewComment extends CommentPlace {
  text: string
  media?: PostMedia[]
}

const refuse = (
  message: string,
  type: string = MedusaError.Types.NOT_ALLOWED
): never => {
  throw new MedusaError(type, message)
}

const readPublication = async (
  container: MedusaContainer,
  { id, publication_id }: CommentPlace
): Promise<{ post: SocialPostRow; publication: SocialPublicationRow }> => {
  const post = await socialsModule(container).retrieveSocialPost(id, {
    relations: ["publications"],
  })
  const publication = post.publications.find((one) => one.id === publication_id)
  return publication
    ? {
        post: post as SocialPostRow,
        publication: publication as SocialPublicationRow,
      }
    : refuse(
        `The post ${id} has no publication ${publication_id}.`,
        MedusaError.Types.NOT_FOUND
      )
}

/**
 * Adds a comment to what is out, as one more part of the publication: workers
 * publish it as they do every other.
 *
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED where nothing is out that a
 * comment could follow; INVALID_DATA where the account does not take it
 */
export const addComment = async (
  container: MedusaContainer,
  { text, media, ...place }: NewComment
): Promise<void> => {
  const socials = socialsModule(container)
  const { post, publication } = await readPublication(container, place)
  const out = (publication.parts ?? []) as unknown as PublishedPart[]
  const last = out.find(({ part }) => part === out.length - 1)
  if (!last?.external_id) {
    refuse(
      "A comment follows what is out, and nothing is known of that which its service would find."
    )
  }
  const comment = await requireTaken(container, post, publication, {
    text,
    ...(media && { media }),
  })
  if (!(await socials.addComment(publication.id, post.id, comment))) {
    refuse(
      `Only a publication that is out can be commented on, and this one is "${publication.state}"${publication.removed_at ? " and removed" : ""}.`
    )
  }
}

/**
 * @returns the comment, not sooner after the part before it than the account takes
 * @throws {MedusaError} INVALID_DATA with what the account does not take of it
 */
const requireTaken = async (
  container: MedusaContainer,
  post: SocialPostRow,
  publication: SocialPublicationRow,
  written: FollowingPart
): Promise<FollowingPart> => {
  const [target] = await requireTargets(container, [
    publication as unknown as Publication,
  ])
  if (target.limits.parts.as === "none") {
    refuse(`${target.who} takes no comments.`, MedusaError.Types.INVALID_DATA)
  }
  const { min_delay_s } = target.limits.parts
  const comment = {
    ...written,
    ...(min_delay_s && { delay_seconds: min_delay_s }),
  }
  const { parts } = contentOfPublication(post, publication)
  const [{ violations }] = await checkTargets(container, post, [
    {
      ...target,
      variant: {
        ...target.variant,
        parts: [...parts.slice(1), comment],
      },
    },
  ])
  // What is out already is not judged again.
  const refusals = violations.filter(
    ({ severity, part, code }) =>
      severity === "error" &&
      (part === parts.length || code === "too_many_parts")
  )
  if (refusals.length) {
    refuse(
      `The comment does not fit. ${refusals.map(({ message }) => message).join(" ")}`,
      MedusaError.Types.INVALID_DATA
    )
  }
  return comment
}

/**
 * Takes back the comments of a publication that are certain not to be out.
 *
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED where there is none
 */
export const dropComments = async (
  container: MedusaContainer,
  place: CommentPlace
): Promise<void> => {
  const { post, publication } = await readPublication(container, place)
  const { parts } = contentOfPublication(post, {
    ...publication,
    comments: null,
  })
  const dropped = await socialsModule(container).dropComments(
    publication.id,
    post.id,
    parts.length
  )
  if (!dropped) {
    refuse(
      "There is no comment to take back: it is out, or about to be, or nobody knows."
    )
  }
}
