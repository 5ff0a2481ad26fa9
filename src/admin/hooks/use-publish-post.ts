import { toast } from "@medusajs/ui"
import { useIsMutating } from "@tanstack/react-query"
import { errorMessage } from "../lib/errors"
import { countOf } from "../lib/format"
import type { SocialPost } from "../../shared/post-types"
import { publishKey, usePublishSocialPost } from "./use-social-posts"

/**
 * Publishes a post and says how it went, also when the person has moved on to
 * another page meanwhile.
 *
 * @returns a mutation that takes the post's id
 */
export const usePublishPost = () =>
  usePublishSocialPost({
    onSuccess: announceOutcome,
    onError: (error) =>
      toast.error("The post was not published", {
        description: errorMessage(error),
      }),
  })

/**
 * Tells whether this dashboard is waiting for the outcome of a publish.
 *
 * @param id the post's id
 * @returns true while it waits
 */
export const useIsPublishing = (id: string): boolean =>
  useIsMutating({
    mutationKey: publishKey,
    predicate: ({ state }) => state.variables === id,
  }) > 0

/**
 * Says in a toast how publishing ended.
 *
 * @param post the post as the API shows it afterwards
 */
export const announceOutcome = (post: SocialPost): void => {
  const published = post.publications.filter(
    ({ state }) => state === "published"
  ).length
  const total = post.publications.length

  if (post.status === "published") {
    toast.success("Published", {
      description: `On ${countOf(published, "account")}.`,
    })
    return
  }
  if (post.status === "failed") {
    toast.error("The post was not published", {
      description: "Its page says why, and what to do.",
    })
    return
  }
  if (post.status === "publishing" || post.status === "scheduled") {
    toast.info("Publishing goes on", {
      description: `${published} of ${countOf(total, "account")} so far.`,
    })
    return
  }
  toast.warning("The post needs a look", {
    description: `Published on ${published} of ${countOf(total, "account")}.`,
  })
}
