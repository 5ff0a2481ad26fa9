import type { Destination, PostState, RemoteRef } from "../publication"
import type { ProviderContext, SocialProvider } from "../types"
import { listAccounts, readMember } from "./accounts"
import { encodedUrn, postUrnIn, readCommentUrn } from "./restli"
import { linkedinDescription } from "./description"
import { fetchFacts, isPage, limits, quotas } from "./limits"
import { fetchAccountMetrics, fetchPostMetrics } from "./metrics"
import { readPost } from "./posts"
import { publish } from "./publish"
import { recover } from "./recover"
import { linkedinSettings } from "./settings"

/** Deletes a post, which LinkedIn confirms however often it is asked, or a comment. */
const remove = async (
  { request }: ProviderContext,
  { external_id: actor }: Destination,
  { external_id }: RemoteRef
): Promise<void> => {
  const comment = readCommentUrn(external_id)
  await request(
    comment
      ? `/rest/socialActions/${encodedUrn(comment.object)}/comments/${comment.id}?actor=${encodedUrn(actor)}`
      : `/rest/posts/${encodedUrn(external_id)}`,
    { method: "DELETE", headers: { "x-restli-method": "DELETE" } }
  )
}

/** What a page's post has become; a profile's cannot be read, and counts as public. */
const fetchPostState = async (
  context: ProviderContext,
  account: Destination,
  { external_id }: RemoteRef
): Promise<PostState> => {
  if (!isPage(account) || readCommentUrn(external_id)) {
    return { state: "public" }
  }
  const post = await readPost(context, external_id)
  if (post === "gone") {
    return { state: "gone" }
  }
  return post?.lifecycleState === "PUBLISH_FAILED"
    ? {
        state: "rejected",
        reason: "LinkedIn could not process the post after it had taken it.",
      }
    : { state: "public" }
}

/** Publishes on the profile that a person has connected, and on their pages. */
export const linkedinProvider: SocialProvider = {
  description: linkedinDescription,
  verify: async (context) => {
    const { name } = await readMember(context)
    return `The credentials belong to ${name}.`
  },
  fetchProfile: readMember,
  listAccounts,
  fetchFacts,
  limits,
  settings: linkedinSettings,
  quotas,
  publish,
  recover,
  remove,
  readPermalink: (_account, url) => postUrnIn(url),
  fetchPostState,
  fetchPostMetrics,
  fetchAccountMetrics,
}
