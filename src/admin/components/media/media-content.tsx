import { Trash } from "@medusajs/icons"
import { Text, toast, usePrompt } from "@medusajs/ui"
import { useNavigate } from "react-router-dom"
import type { SocialMedia } from "../../../shared/post-types"
import { useDeleteMedia } from "../../hooks/use-media"
import { errorMessage } from "../../lib/errors"
import { mediaAddress, titleOfUse } from "../../lib/media"
import { MediaPreview } from "../media-preview"
import { MoreActions } from "../more-actions"
import { Section } from "../section"

type MediaContentProps = { media: SocialMedia }

/** The head of a file's page: what it shows, and what to do with it. */
export const MediaContent = ({ media }: MediaContentProps) => {
  const deleteWithConfirmation = useDeleteWithConfirmation(media)
  const [use] = media.uses

  return (
    <Section
      title={media.name}
      level="h1"
      actions={
        <MoreActions
          label="More actions for this file"
          groups={[
            {
              actions: [
                {
                  icon: <Trash />,
                  label: "Delete",
                  disabled: use !== undefined,
                  disabledTooltip:
                    use &&
                    `It is in use: ${titleOfUse(use)}. Take it out there first.`,
                  onClick: () => void deleteWithConfirmation(),
                },
              ],
            },
          ]}
        />
      }
    >
      <div className="flex flex-col gap-y-2 px-6 py-4">
        <MediaPreview
          address={mediaAddress({ url: "", media_id: media.id })}
          kind={media.kind}
          alt={media.alt_text ?? ""}
          className="border-ui-border-base max-h-[360px] min-h-[80px] min-w-[80px] max-w-full self-start border"
        />
        <Text size="small" className="text-ui-fg-subtle break-words">
          {media.alt_text || "No alternative text"}
        </Text>
      </div>
    </Section>
  )
}

const useDeleteWithConfirmation = ({ id, name }: SocialMedia) => {
  const prompt = usePrompt()
  const navigate = useNavigate()
  const remove = useDeleteMedia(id)

  return async () => {
    const confirmed = await prompt({
      title: `Delete ${name}?`,
      description:
        "What was uploaded for posts goes from the storage too. This cannot be undone.",
      confirmText: "Delete",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      await remove.mutateAsync()
      toast.success("File deleted")
      navigate("/social-posts/media", { replace: true })
    } catch (error) {
      toast.error("The file was not deleted", {
        description: errorMessage(error),
      })
    }
  }
}
