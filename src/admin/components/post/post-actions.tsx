import { Button, toast } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { useAskToPublish } from "../../hooks/use-ask-to-publish"
import { announceOutcome, usePublishPost } from "../../hooks/use-publish-post"
import { usePostPlatforms } from "../../hooks/use-post-platforms"
import { useRetrySocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { canReschedule, canRetry } from "../../lib/post-state"
import { platformToReconnect } from "../../lib/publication-trouble"
import type { SocialPost } from "../../../shared/post-types"

type PostActionsProps = { post: SocialPost; isPublishing: boolean }

/** Publishes a post, or publishes again what failed. */
export const PostActions = ({ post, isPublishing }: PostActionsProps) => {
  if (post.status === "scheduled" && !isPublishing) {
    return <ScheduledActions post={post} />
  }
  if (post.status === "draft" || isPublishing) {
    return <PublishButton post={post} isPublishing={isPublishing} />
  }
  return canRetry(post) ? <RepairActions post={post} /> : null
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

type ScheduledActionsProps = { post: SocialPost }

/** A scheduled post goes out by itself: publishing it by hand is the exception. */
const ScheduledActions = ({ post }: ScheduledActionsProps) => {
  const publish = usePublishPost()
  const askToPublish = useAskToPublish()

  const publishEarly = async () => {
    if (await askToPublish(post.publications.length, post.scheduled_at)) {
      publish.mutate(post.id)
    }
  }

  return (
    <>
      <Button
        size="small"
        variant="secondary"
        onClick={() => void publishEarly()}
      >
        Publish now
      </Button>
      <Button size="small" asChild>
        <Link to="edit">Change schedule</Link>
      </Button>
    </>
  )
}

type RepairActionsProps = { post: SocialPost }

/** The next thing to do is the main button: a retry without access would fail again. */
const RepairActions = ({ post }: RepairActionsProps) => {
  const destinationOf = usePostPlatforms(post)
  const lost = platformToReconnect(
    post.publications,
    (publication) => destinationOf(publication).platform
  )
  const unknown = post.publications.find(({ state }) => state === "unknown")
  const isOnlyUnknown = post.publications.every(
    ({ state }) => state !== "failed" && state !== "overdue"
  )
  const isOnlyOverdue = canReschedule(post)

  return (
    <>
      <RetryButton
        post={post}
        label={
          unknown && isOnlyUnknown
            ? `Check with ${destinationOf(unknown).service}`
            : isOnlyOverdue
              ? "Publish now"
              : "Retry"
        }
        isMain={!lost && !isOnlyOverdue}
      />
      {isOnlyOverdue && (
        <Button size="small" asChild>
          <Link to="reschedule">Choose another time</Link>
        </Button>
      )}
      {lost && (
        <Button size="small" asChild>
          <Link to={`/social-platforms/${lost.id}`}>Reconnect {lost.name}</Link>
        </Button>
      )}
    </>
  )
}

type RetryButtonProps = { post: SocialPost; label: string; isMain: boolean }

const RetryButton = ({ post, label, isMain }: RetryButtonProps) => {
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
    <Button
      size="small"
      variant={isMain ? "primary" : "secondary"}
      isLoading={retry.isPending}
      onClick={() => void run()}
    >
      {label}
    </Button>
  )
}
