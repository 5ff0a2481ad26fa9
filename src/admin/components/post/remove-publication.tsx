import { Button, toast, usePrompt } from "@medusajs/ui"
import { useRemovePublication } from "../../hooks/use-account-publishing"
import { errorMessage } from "../../lib/errors"
import type { SocialPublication } from "../../../shared/post-types"

type RemovePublicationProps = {
  postId: string
  publication: SocialPublication
  /** The service, as a person knows it. */
  service: string
}

/** Removes at its service what is public. */
export const RemovePublication = ({
  postId,
  publication,
  service,
}: RemovePublicationProps) => {
  const prompt = usePrompt()
  const remove = useRemovePublication(postId, publication.id)

  const run = async () => {
    const confirmed = await prompt({
      title: `Remove the post from ${service}?`,
      description: `Nobody sees it on ${publication.account?.name ?? "this account"} any more, and what people wrote below it is lost. It stays here. This cannot be undone.`,
      confirmText: "Remove",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await remove.mutateAsync()
      toast.success(`Removed from ${service}`)
    } catch (error) {
      toast.error("The post was not removed", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <Button
      size="small"
      variant="transparent"
      className="w-fit"
      isLoading={remove.isPending}
      onClick={() => void run()}
    >
      Remove from {service}
    </Button>
  )
}
