import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import { refOf } from "./restli"
import { recoverComment } from "./comments"
import { showsSame } from "./little-text"
import { listPosts, notFound, type Post, sentAfter } from "./posts"
import type { Evidence } from "./publish"

/**
 * Looks for a post whose response got lost among those of its page since, by its
 * files or else by its words. Nobody but a person can look at a profile's.
 */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  if (lost.part.index > 0) {
    return recoverComment(context, lost)
  }
  const posts = await listPosts(
    context,
    lost.account.external_id,
    sentAfter(lost)
  )
  if (!posts) {
    return { outcome: "unknown" }
  }
  const found = posts.elements.find((post) =>
    isSame(post, lost.evidence as Partial<Evidence>)
  )
  if (found?.id) {
    return {
      outcome: "published",
      ref: refOf(context.settings, found.id),
    }
  }
  return posts.isWhole ? notFound(lost) : { outcome: "unknown" }
}

const filesIn = ({ content }: Post): string[] =>
  [content?.media, ...(content?.multiImage?.images ?? [])].flatMap(
    (file) => file?.id ?? []
  )

const isSame = (
  post: Post,
  { text = "", files = [], source, question, parent }: Partial<Evidence>
): boolean => {
  const theirs = filesIn(post)
  if (files.length || theirs.length) {
    return theirs.some((id) => files.includes(id))
  }
  return (
    (post.content?.article?.source ?? null) === (source ?? null) &&
    (post.content?.poll?.question ?? null) === (question ?? null) &&
    (post.reshareContext?.parent ?? null) === (parent ?? null) &&
    showsSame(post.commentary ?? "", text)
  )
}
