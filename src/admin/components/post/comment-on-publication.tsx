import {
  Alert,
  Button,
  Drawer,
  Label,
  Text,
  Textarea,
  toast,
} from "@medusajs/ui"
import { useId, useState } from "react"
import {
  useAccountsPublishing,
  useCommentOnPublication,
} from "../../hooks/use-account-publishing"
import { useIsUploading, useMediaFiles } from "../../hooks/use-media"
import { STILL_UPLOADING } from "../../hooks/use-post-check"
import { useXCounter } from "../../hooks/use-x-counter"
import {
  commentProblems,
  type FormPart,
  libraryIds,
  mediaInput,
  ownContentOf,
  partCount,
  type Target,
  verdictOf,
  withComment,
} from "../../lib/account-content"
import { errorMessage } from "../../lib/errors"
import { countGraphemes } from "../../../shared/post-rules/text"
import type {
  AccountPublishing,
  SocialPost,
  SocialPublication,
} from "../../../shared/post-types"
import { CharacterCount } from "./caption-field"
import { writtenContent } from "./edit-publication"
import { MediaField } from "./media-field"

type CommentOnPublicationProps = {
  post: SocialPost
  publication: SocialPublication
  service: string
}

/** Adds a comment to what is out, where the account takes one. */
export const CommentOnPublication = (props: CommentOnPublicationProps) => {
  const { publication } = props
  const { account_id } = publication
  const [isOpen, setIsOpen] = useState(false)
  const publishing = useAccountsPublishing([account_id], {
    [account_id]: ownContentOf(publication),
  }).get(account_id)
  if (!publishing || publishing.limits.parts.as === "none") {
    return null
  }

  return (
    <Drawer open={isOpen} onOpenChange={setIsOpen}>
      <Drawer.Trigger asChild>
        <Button size="small" variant="secondary">
          Comment…
        </Button>
      </Drawer.Trigger>
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>
            Comment on {publication.account?.name ?? "this account"}
          </Drawer.Title>
          <Drawer.Description>
            It goes out at once, under what is out already.
          </Drawer.Description>
        </Drawer.Header>
        {isOpen && (
          <CommentForm
            {...props}
            publishing={publishing}
            onDone={() => setIsOpen(false)}
          />
        )}
      </Drawer.Content>
    </Drawer>
  )
}

type CommentFormProps = CommentOnPublicationProps & {
  publishing: AccountPublishing
  onDone: () => void
}

const CommentForm = ({
  post,
  publication,
  service,
  publishing,
  onDone,
}: CommentFormProps) => {
  const id = useId()
  const [comment, setComment] = useState<FormPart>({
    text: "",
    media: [],
    // The server sends it no sooner than the account takes it.
    delay_seconds: publishing.limits.parts.min_delay_s ?? 0,
  })
  const { count, problems } = useCommentCheck(comment, {
    post,
    publication,
    service,
    publishing,
  })
  const { send, isPending } = useSendComment(post, publication, onDone)
  const isEmpty = !comment.text.trim() && comment.media.length === 0

  return (
    <>
      <Drawer.Body className="flex flex-col gap-y-4 overflow-y-auto">
        <div className="flex flex-col gap-y-1">
          <Label htmlFor={id} size="xsmall">
            Text of the comment
          </Label>
          <Textarea
            id={id}
            rows={4}
            value={comment.text}
            onChange={({ target }) =>
              setComment({ ...comment, text: target.value })
            }
          />
          <CharacterCount count={countGraphemes(comment.text)} limit={count} />
        </div>
        {publishing.limits.parts.media && (
          <div role="group" aria-label="Files of the comment">
            <MediaField
              value={comment.media}
              limits={[publishing.limits]}
              onChange={(media) => setComment({ ...comment, media })}
            />
          </div>
        )}
        {problems.length > 0 && (
          <Alert variant="warning">
            {problems.map((problem) => (
              <Text key={problem} size="small">
                {problem}
              </Text>
            ))}
          </Alert>
        )}
      </Drawer.Body>
      <Drawer.Footer>
        <Button
          size="small"
          isLoading={isPending}
          disabled={isPending || isEmpty || problems.length > 0}
          onClick={() => void send(comment)}
        >
          Send
        </Button>
      </Drawer.Footer>
    </>
  )
}

/** Holds a comment against what its account accepts, by the same rules as the server. */
const useCommentCheck = (
  comment: FormPart,
  { post, publication, service, publishing }: Omit<CommentFormProps, "onDone">
) => {
  const part = publication.parts?.length ?? 0
  const written = writtenContent(post)
  const target: Target = {
    account_id: publication.account_id,
    who: publication.account?.name ?? service,
    service,
    publishing,
    own: withComment(ownContentOf(publication), part, comment),
  }
  const countXWeighted = useXCounter([target])
  const files = useMediaFiles(libraryIds({ media: [], parts: [comment] }, []))
  const isUploading = useIsUploading()
  const found = verdictOf(written, target, files, countXWeighted)

  return {
    count: partCount(written, target, part, countXWeighted),
    problems: [
      ...commentProblems(found, part),
      ...(isUploading ? [STILL_UPLOADING] : []),
    ],
  }
}

const useSendComment = (
  post: SocialPost,
  publication: SocialPublication,
  onDone: () => void
) => {
  const { mutateAsync, isPending } = useCommentOnPublication(
    post.id,
    publication.id
  )

  const send = async ({ text, media }: FormPart) => {
    try {
      await mutateAsync({
        text: text.trim(),
        ...(media.length > 0 && { media: mediaInput(media) }),
      })
      toast.success("The comment is on its way")
      onDone()
    } catch (error) {
      toast.error("The comment was not sent", {
        description: errorMessage(error),
      })
    }
  }

  return { send, isPending }
}
