import { SectionRow } from "@medusajs/dashboard/components"
import { PencilSquare, Trash } from "@medusajs/icons"
import { Text, toast, usePrompt } from "@medusajs/ui"
import { useNavigate } from "react-router-dom"
import { useMediaFiles } from "../../hooks/use-media"
import { useDeleteSocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { languageName } from "../../lib/format"
import { POST_STATUSES } from "../../lib/labels"
import { mediaAddress, mediaKind } from "../../lib/media"
import { canEdit, canRemove } from "../../lib/post-state"
import { durationInWords } from "../../../shared/post-rules/words"
import type { PostPart, SocialPost } from "../../../shared/post-types"
import { ExternalLink } from "../external-link"
import { MediaPreview } from "../media-preview"
import { MoreActions } from "../more-actions"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { PostActions } from "./post-actions"

type PostContentProps = { post: SocialPost; isPublishing: boolean }

/** The head of the detail page: what was written, and what to do with it. */
export const PostContent = ({ post, isPublishing }: PostContentProps) => {
  const removeWithConfirmation = useRemovePost(post)

  return (
    <Section
      title="Post"
      level="h1"
      badges={
        <StateBadge
          badge={
            isPublishing ? POST_STATUSES.publishing : POST_STATUSES[post.status]
          }
          fallback={post.status}
        />
      }
      actions={
        <>
          <PostActions post={post} isPublishing={isPublishing} />
          <MoreActions
            label="More actions for this post"
            groups={[
              {
                actions: [
                  {
                    icon: <PencilSquare />,
                    label: "Edit",
                    to: "edit",
                    disabled: !canEdit(post) || isPublishing,
                    disabledTooltip:
                      "It is out, or about to be: write a new post instead.",
                  },
                ],
              },
              {
                actions: [
                  {
                    icon: <Trash />,
                    label: "Delete",
                    disabled: isPublishing,
                    onClick: () => void removeWithConfirmation(),
                  },
                ],
              },
            ]}
          />
        </>
      }
    >
      <div className="px-6 py-4">
        <Text
          size="small"
          className="text-ui-fg-base whitespace-pre-wrap break-words"
        >
          {post.caption || "No text."}
        </Text>
      </div>
      {post.media && post.media.length > 0 && <MediaGrid media={post.media} />}
      {post.parts?.map((part, index) => (
        <FollowingPart key={index} part={part} number={index + 2} />
      ))}
      {post.link && (
        <SectionRow
          title="Link"
          value={
            <ExternalLink href={post.link} className="min-w-0 break-all">
              {post.link}
            </ExternalLink>
          }
        />
      )}
      {post.language && (
        <SectionRow title="Language" value={languageName(post.language)} />
      )}
    </Section>
  )
}

type FollowingPartProps = { part: PostPart; number: number }

const FollowingPart = ({ part, number }: FollowingPartProps) => (
  <div className="flex flex-col gap-y-1 px-6 py-4">
    <Text size="xsmall" className="text-ui-fg-subtle">
      Part {number}
      {part.delay_seconds
        ? `, ${durationInWords(part.delay_seconds)} after the one before`
        : ""}
    </Text>
    <Text
      size="small"
      className="text-ui-fg-base whitespace-pre-wrap break-words"
    >
      {part.text}
    </Text>
    {part.media && part.media.length > 0 && <MediaGrid media={part.media} />}
  </div>
)

type MediaGridProps = { media: NonNullable<SocialPost["media"]> }

const MediaGrid = ({ media }: MediaGridProps) => {
  const files = useMediaFiles(media.flatMap(({ media_id }) => media_id ?? []))

  return (
    <ul className="grid grid-cols-2 gap-3 px-6 py-4 md:grid-cols-4">
      {media.map((item, index) => (
        <li key={`${index}-${item.url}`} className="flex flex-col gap-y-1">
          <MediaPreview
            address={mediaAddress(item)}
            kind={mediaKind(item.url, files.get(item.media_id ?? ""))}
            alt={item.alt_text ?? ""}
            className="border-ui-border-base aspect-square w-full border"
          />
          {!item.alt_text && (
            <Text size="xsmall" className="text-ui-fg-subtle">
              No alternative text
            </Text>
          )}
        </li>
      ))}
    </ul>
  )
}

const useRemovePost = (post: SocialPost) => {
  const prompt = usePrompt()
  const navigate = useNavigate()
  const remove = useDeleteSocialPost(post.id)
  const isOut = post.publications.some(canRemove)

  return async () => {
    const confirmed = await prompt({
      title: "Delete this post?",
      description: isOut
        ? "It is deleted here only: what is published stays at the service. This cannot be undone."
        : "This cannot be undone.",
      confirmText: "Delete",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await remove.mutateAsync()
      toast.success("Post deleted")
      navigate("/social-posts", { replace: true })
    } catch (error) {
      toast.error("The post was not deleted", {
        description: errorMessage(error),
      })
    }
  }
}
