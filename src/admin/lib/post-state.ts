import type { PostStatus } from "../../shared/api-types"
import type { SocialPost, SocialPublication } from "../../shared/post-types"

/** What is out somewhere, or about to be, cannot be changed any more. */
const EDITABLE = new Set<PostStatus>(["draft", "scheduled", "failed"])

/** Statuses of posts that are still to go out, or wait for a person. */
export const QUEUED_STATUSES: PostStatus[] = [
  "scheduled",
  "publishing",
  "needs_attention",
]

/**
 * Tells whether a post can be changed.
 *
 * @param post the post as the API shows it
 * @returns true while it is out nowhere and nothing is under way
 */
export const canEdit = ({ status }: SocialPost): boolean => EDITABLE.has(status)

/**
 * Tells whether a person can have a post tried again: some account has failed
 * or is overdue, or nobody knows what became of it, and no attempt is running.
 *
 * @param post the post as the API shows it
 * @returns true where a Retry button makes sense
 */
export const canRetry = ({ publications }: SocialPost): boolean =>
  publications.some(({ state }) =>
    ["failed", "unknown", "overdue"].includes(state)
  ) && publications.every(({ state }) => state !== "publishing")

/**
 * Tells whether a post can be given another time: it is overdue somewhere, and
 * nothing else of it is unclear.
 *
 * @param post the post as the API shows it
 */
export const canReschedule = ({ status, publications }: SocialPost): boolean =>
  status === "needs_attention" &&
  publications.some(({ state }) => state === "overdue") &&
  publications.every(({ state }) => !["unknown", "handed_over"].includes(state))

/**
 * Tells whether a post can be changed on one account, or taken out there.
 *
 * @param publication as the API shows it
 */
export const canEditPublication = ({ state }: SocialPublication): boolean =>
  ["pending", "waiting", "failed", "overdue"].includes(state)

/**
 * Tells whether something of a publication is public, so that it can be removed.
 *
 * @param publication as the API shows it
 */
export const canRemove = ({
  state,
  removed_at,
  external_id,
}: SocialPublication): boolean =>
  state === "published" && !removed_at && external_id !== null

/** How many parts a publication has of its own, without comments that came later. */
const partsOf = (
  post: Pick<SocialPost, "parts">,
  { variant, changed_content }: Parted
): number =>
  (changed_content?.parts ?? variant?.parts ?? post.parts ?? []).length + 1

type Parted = Pick<
  SocialPublication,
  "parts" | "variant" | "changed_content" | "comments"
>

/** What was added to a publication once it was out. */
export type PublicationComment = {
  text: string
  /** From 0, as in the API. */
  part: number
  isOut: boolean
  url: string | null
}

/**
 * The comments of a publication; at most the last one is not out.
 *
 * @param post the post as the API shows it
 * @param publication one of its publications
 */
export const commentsOf = (
  post: Pick<SocialPost, "parts">,
  publication: Parted
): PublicationComment[] => {
  const first = partsOf(post, publication)
  return (publication.comments ?? []).map(({ text }, index) => {
    const part = first + index
    const out = publication.parts?.find((one) => one.part === part)
    return { text, part, isOut: out !== undefined, url: out?.url ?? null }
  })
}

/**
 * Tells whether a comment can follow what is out of a publication, as far as
 * its account takes any.
 *
 * @param publication as the API shows it
 */
export const canComment = ({
  state,
  removed_at,
  removed_by_network,
  parts,
}: SocialPublication): boolean =>
  state === "published" &&
  !removed_at &&
  !removed_by_network &&
  Boolean(parts?.find(({ part }) => part === parts.length - 1)?.external_id)

/**
 * Which part of a publication nobody knows the outcome of: the first that is
 * not out. Of a thread, what follows it may need its address.
 *
 * @param post the post as the API shows it
 * @param publication one of its publications
 * @returns the part's number, from 0 as in the API, and how many there are
 */
export const partInDoubt = (
  post: Pick<SocialPost, "parts">,
  publication: Parted
): { part: number; total: number } => {
  const { parts, comments } = publication
  const total = partsOf(post, publication) + (comments?.length ?? 0)
  const out = new Set((parts ?? []).map(({ part }) => part))
  const open = Array.from({ length: total }, (_, part) => part).find(
    (part) => !out.has(part)
  )
  return { part: open ?? 0, total }
}
