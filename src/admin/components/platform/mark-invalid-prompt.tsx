import { Button, Label, Prompt, Text, Textarea, toast } from "@medusajs/ui"
import { type FormEvent, type RefObject, useId, useState } from "react"
import { useMarkPlatformInvalid } from "../../hooks/use-social-platforms"
import { errorMessage } from "../../lib/errors"
import type { SocialPlatform } from "../../../shared/api-types"

/** In UTF-16 code units, as the API counts. */
const MAX_REASON_LENGTH = 500

type MarkInvalidPromptProps = {
  platform: SocialPlatform
  isOpen: boolean
  onClose: () => void
  /** Takes the focus when the prompt has closed. */
  returnTo: RefObject<HTMLElement>
}

/** Asks why a platform's access must not be used any more, and marks it. */
export const MarkInvalidPrompt = ({
  platform,
  isOpen,
  onClose,
  returnTo,
}: MarkInvalidPromptProps) => (
  <Prompt open={isOpen} onOpenChange={(open) => !open && onClose()}>
    <Prompt.Content
      onCloseAutoFocus={(event) => {
        event.preventDefault()
        returnTo.current?.focus()
      }}
    >
      <Prompt.Header>
        <Prompt.Title>{`Mark ${platform.name} as needing reconnection?`}</Prompt.Title>
        <Prompt.Description>
          Your store stops using its access until somebody connects it again or
          enters new credentials. Until then, scheduled posts to its accounts
          will not be published. Nothing changes at the service: withdraw a
          token or key that others know there as well.
        </Prompt.Description>
      </Prompt.Header>
      <ReasonForm platform={platform} onClose={onClose} />
    </Prompt.Content>
  </Prompt>
)

type ReasonFormProps = Pick<MarkInvalidPromptProps, "platform" | "onClose">

const ReasonForm = ({ platform, onClose }: ReasonFormProps) => {
  const id = useId()
  const [reason, setReason] = useState("")
  const [isMissing, setIsMissing] = useState(false)
  const mark = useMarkPlatformInvalid(platform.id)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!reason.trim()) {
      setIsMissing(true)
      return
    }
    try {
      await mark.mutateAsync(reason.trim())
      toast.success(`${platform.name} is marked`, {
        description: "It is not used any more until it is connected again.",
      })
      onClose()
    } catch (error) {
      toast.error("The platform was not marked", {
        description: errorMessage(error),
      })
    } finally {
      mark.reset()
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <div className="flex flex-col gap-y-2 px-6 pt-4">
        <Label htmlFor={id} size="small" weight="plus">
          Reason
        </Label>
        <Textarea
          id={id}
          rows={3}
          value={reason}
          maxLength={MAX_REASON_LENGTH}
          required
          aria-invalid={isMissing}
          aria-describedby={`${id}-hint`}
          onChange={(event) => {
            setReason(event.target.value)
            setIsMissing(false)
          }}
        />
        <Text
          id={`${id}-hint`}
          role={isMissing ? "alert" : undefined}
          size="small"
          className={isMissing ? "text-ui-fg-error" : "text-ui-fg-subtle"}
        >
          {isMissing
            ? "Say why, in a sentence."
            : "Shown on the platform's page and on the health page. No token or key belongs here."}
        </Text>
      </div>
      <Prompt.Footer>
        <Prompt.Cancel type="button">Cancel</Prompt.Cancel>
        <Button
          size="small"
          variant="danger"
          type="submit"
          isLoading={mark.isPending}
        >
          Mark
        </Button>
      </Prompt.Footer>
    </form>
  )
}
