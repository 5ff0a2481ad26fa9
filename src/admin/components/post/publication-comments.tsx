import { Button, Text, toast, usePrompt } from "@medusajs/ui"
import { useDropComments } from "../../hooks/use-account-publishing"
import { errorMessage } from "../../lib/errors"
import { PUBLICATION_STATES } from "../../lib/labels"
import {
  canEditPublication,
  type PublicationComment,
} from "../../lib/post-state"
import type { SocialPublication } from "../../../shared/post-types"
import { ExternalLink } from "../external-link"
import { StateBadge } from "../state-badge"

type PublicationCommentsProps = {
  postId: string
  publication: SocialPublication
  comments: PublicationComment[]
}

/** What was added to a publication once it was out, each with its state. */
export const PublicationComments = ({
  postId,
  publication,
  comments,
}: PublicationCommentsProps) => (
  <ul aria-label="Comments" className="flex flex-col gap-y-2">
    {comments.map(({ text, part, isOut, url }) => (
      <li
        key={part}
        className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1"
      >
        <Text
          size="small"
          className="text-ui-fg-base min-w-0 whitespace-pre-wrap break-words"
        >
          {text || "No text."}
        </Text>
        <div className="flex items-center gap-x-3">
          {url && (
            <ExternalLink href={url} className="txt-compact-small">
              View comment
            </ExternalLink>
          )}
          {!isOut && canEditPublication(publication) && (
            <TakeBack postId={postId} publication={publication} />
          )}
          <StateBadge
            badge={PUBLICATION_STATES[isOut ? "published" : publication.state]}
            fallback={publication.state}
          />
        </div>
      </li>
    ))}
  </ul>
)

type TakeBackProps = Pick<PublicationCommentsProps, "postId" | "publication">

const TakeBack = ({ postId, publication }: TakeBackProps) => {
  const prompt = usePrompt()
  const drop = useDropComments(postId, publication.id)

  const run = async () => {
    const confirmed = await prompt({
      title: "Take the comment back?",
      description: "It does not go out, and its text is lost.",
      confirmText: "Take back",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await drop.mutateAsync()
      toast.success("The comment was taken back")
    } catch (error) {
      toast.error("The comment was not taken back", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <Button
      size="small"
      variant="transparent"
      isLoading={drop.isPending}
      onClick={() => void run()}
    >
      Take back
    </Button>
  )
}
