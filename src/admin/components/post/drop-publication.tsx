import { Button, toast, usePrompt } from "@medusajs/ui"
import { useDropPublication } from "../../hooks/use-account-publishing"
import { errorMessage } from "../../lib/errors"
import type { SocialPublication } from "../../../shared/post-types"

type DropPublicationProps = { postId: string; publication: SocialPublication }

/** Takes an account out of a post that is not out there. */
export const DropPublication = ({
  postId,
  publication,
}: DropPublicationProps) => {
  const prompt = usePrompt()
  const drop = useDropPublication(postId, publication.id)

  const run = async () => {
    const name = publication.account?.name ?? "this account"
    const confirmed = await prompt({
      title: `Take ${name} out of this post?`,
      description: "The post does not go out there. This cannot be undone.",
      confirmText: "Take out",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await drop.mutateAsync()
      toast.success(`${name} was taken out of the post`)
    } catch (error) {
      toast.error("The account was not taken out", {
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
      Take out
    </Button>
  )
}
