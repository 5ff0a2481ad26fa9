import { Button, toast } from "@medusajs/ui"
import { announceOutcome, usePublishPost } from "../../hooks/use-publish-post"
import { useRetrySocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { canRetry } from "../../lib/post-state"
import type { PostStatus, SocialPost } from "../../types"

type PostActionsProps = { post: SocialPost; isPublishing: boolean }

const UNPUBLISHED = new Set<PostStatus>(["draft", "scheduled"])

/** Publishes a post, or publishes again what failed. */
export const PostActions = ({ post, isPublishing }: PostActionsProps) => {
  if (UNPUBLISHED.has(post.status) || isPublishing) {
    return <PublishButton post={post} isPublishing={isPublishing} />
  }
  return canRetry(post) ? <RetryButton post={post} /> : null
}

const PublishButton = ({ post, isPublishing }: PostActionsProps) => {
  const publish = usePublishPost()

  return (
    <Button
      size="small"
      isLoading={isPublishing}
      disabled={post.publications.length === 0}
      onClick={() => publish.mutate(post.id)}
    >
      Publish now
    </Button>
  )
}

type RetryButtonProps = { post: SocialPost }

const RetryButton = ({ post }: RetryButtonProps) => {
  const retry = useRetrySocialPost(post.id)

  const run = async () => {
    try {
      const { social_post } = await retry.mutateAsync()
      announceOutcome(social_post)
    } catch (error) {
      toast.error("The retry failed", { description: errorMessage(error) })
    }
  }

  return (
    <Button size="small" isLoading={retry.isPending} onClick={() => void run()}>
      Retry
    </Button>
  )
}
