import { Alert, Button, Drawer, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import {
  useAccountsPublishing,
  useUpdatePublication,
} from "../../hooks/use-account-publishing"
import { announceOutcome } from "../../hooks/use-publish-post"
import { useRetrySocialPost } from "../../hooks/use-social-posts"
import { useIsUploading, useMediaFiles } from "../../hooks/use-media"
import { STILL_UPLOADING } from "../../hooks/use-post-check"
import { useXCounter } from "../../hooks/use-x-counter"
import {
  formMedia,
  formParts,
  libraryIds,
  ownContentOf,
  publicationInput,
  type Target,
  verdictOf,
  type WrittenContent,
} from "../../lib/account-content"
import { errorMessage } from "../../lib/errors"
import type { SocialPost, SocialPublication } from "../../../shared/post-types"
import { FormSkeleton } from "../loading"
import { OwnContent } from "./own-content"
import { PartsField } from "./parts-field"

type EditPublicationProps = {
  post: SocialPost
  publication: SocialPublication
  service: string
}

/** Changes a post on one account, also while it is out on others. */
export const EditPublication = ({
  post,
  publication,
  service,
}: EditPublicationProps) => {
  const [isOpen, setIsOpen] = useState(false)

  return (
    <Drawer open={isOpen} onOpenChange={setIsOpen}>
      <Drawer.Trigger asChild>
        <Button size="small" variant="secondary">
          Customise
        </Button>
      </Drawer.Trigger>
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>
            Customise for {publication.account?.name ?? "this account"}
          </Drawer.Title>
          <Drawer.Description>
            {publication.parts?.length
              ? "A part of it is out already: what follows can be changed."
              : "What you change here is different on this account alone."}
          </Drawer.Description>
        </Drawer.Header>
        {isOpen && (
          <PublicationForm
            post={post}
            publication={publication}
            service={service}
            onDone={() => setIsOpen(false)}
          />
        )}
      </Drawer.Content>
    </Drawer>
  )
}

/** A stored post as a form holds it. */
export const writtenContent = (post: SocialPost): WrittenContent => ({
  caption: post.caption,
  link: post.link ?? "",
  media: formMedia(post.media),
  parts: formParts(post.parts),
})

const PublicationForm = ({
  post,
  publication,
  service,
  onDone,
}: EditPublicationProps & { onDone: () => void }) => {
  const { account_id } = publication
  const [own, setOwn] = useState(() => ownContentOf(publication))
  const publishing = useAccountsPublishing([account_id], {
    [account_id]: own,
  }).get(account_id)
  const written = writtenContent(post)
  // What is out stays what it is.
  const out = publication.parts?.length ?? 0
  const parts = own.parts ?? written.parts
  const target: Target[] = publishing
    ? [
        {
          account_id,
          who: publication.account?.name ?? service,
          service,
          publishing,
          own,
        },
      ]
    : []
  const countXWeighted = useXCounter(target)
  const files = useMediaFiles(libraryIds(written, [own]))
  const isUploading = useIsUploading()
  const problems = [
    ...target
      .flatMap((one) => verdictOf(written, one, files, countXWeighted))
      .filter(
        ({ severity, part }) =>
          severity === "error" && (part === null || part >= out)
      )
      .map(({ message }) => message),
    ...(isUploading ? [STILL_UPLOADING] : []),
  ]
  const { save, isPending } = useSavePublication(post, publication, onDone)
  const isFailed = publication.state === "failed"

  return (
    <>
      <Drawer.Body className="flex flex-col gap-y-4 overflow-y-auto">
        {publishing && out > 0 && (
          <PartsField
            value={parts.slice(out - 1)}
            limits={[publishing.limits]}
            before={out - 1}
            onChange={(open) =>
              setOwn({ ...own, parts: [...parts.slice(0, out - 1), ...open] })
            }
          />
        )}
        {publishing && out === 0 && (
          <OwnContent
            accountId={account_id}
            publishing={publishing}
            post={written}
            value={own}
            onChange={setOwn}
          />
        )}
        {!publishing && <FormSkeleton rows={3} />}
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
          variant={isFailed ? "secondary" : "primary"}
          disabled={isPending || problems.length > 0}
          onClick={() => void save(own, false)}
        >
          Save
        </Button>
        {isFailed && (
          <Button
            size="small"
            isLoading={isPending}
            disabled={isPending || problems.length > 0}
            onClick={() => void save(own, true)}
          >
            Save and retry
          </Button>
        )}
      </Drawer.Footer>
    </>
  )
}

const useSavePublication = (
  post: SocialPost,
  publication: SocialPublication,
  onDone: () => void
) => {
  const update = useUpdatePublication(post.id, publication.id)
  const retry = useRetrySocialPost(post.id)

  const save = async (
    own: ReturnType<typeof ownContentOf>,
    thenRetry: boolean
  ) => {
    try {
      const { account_id: _, ...body } = publicationInput(
        publication.account_id,
        own
      )
      await update.mutateAsync(body)
      toast.success("Saved for this account")
      onDone()
      if (thenRetry) {
        const { social_post } = await retry.mutateAsync()
        announceOutcome(social_post)
      }
    } catch (error) {
      toast.error("The publication was not saved", {
        description: errorMessage(error),
      })
    }
  }

  return { save, isPending: update.isPending || retry.isPending }
}
