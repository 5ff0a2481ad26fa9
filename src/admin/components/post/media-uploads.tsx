import { XMark } from "@medusajs/icons"
import { Alert, Button, IconButton, Text } from "@medusajs/ui"
import { useRef, type ChangeEvent } from "react"
import { type Upload, useUploads } from "../../hooks/use-media"
import { sizeInWords } from "../../../shared/bytes"
import type { SocialMedia } from "../../../shared/post-types"

type MediaUploadsProps = {
  onUploaded: (media: SocialMedia) => void
  /** What may be picked. @default whatever networks take */
  accept?: string
  label?: string
}

/** Takes files from a person's disk, and shows how far each is. */
export const MediaUploads = ({
  onUploaded,
  accept = "image/*,video/*,application/pdf",
  label = "Upload files",
}: MediaUploadsProps) => {
  const input = useRef<HTMLInputElement>(null)
  const { uploads, start, drop } = useUploads(onUploaded)

  const handleFiles = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const files = [...(target.files ?? [])]
    // Choosing the same file again must count as a change.
    target.value = ""
    if (files.length > 0) {
      start(files)
    }
  }

  return (
    <>
      {uploads.map((upload) =>
        upload.problem === null ? (
          <Sending
            key={upload.id}
            upload={upload}
            onCancel={() => drop(upload.id)}
          />
        ) : (
          <Refused
            key={upload.id}
            name={upload.name}
            problem={upload.problem}
            onClose={() => drop(upload.id)}
          />
        )
      )}
      <div>
        <Button
          type="button"
          size="small"
          variant="secondary"
          onClick={() => input.current?.click()}
        >
          {label}
        </Button>
        <input
          ref={input}
          type="file"
          accept={accept}
          multiple
          hidden
          aria-label="Files to upload"
          onChange={handleFiles}
        />
      </div>
    </>
  )
}

type SendingProps = { upload: Upload; onCancel: () => void }

const Sending = ({ upload, onCancel }: SendingProps) => {
  const { name, bytes, sent } = upload

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex items-center gap-x-3 rounded-lg p-3">
      <div className="flex min-w-0 flex-1 flex-col gap-y-1">
        <Text size="small" className="truncate">
          {name}
        </Text>
        <progress
          aria-label={`Upload of ${name}`}
          className="h-1.5 w-full"
          value={sent}
          max={Math.max(bytes, 1)}
        />
        <Text size="xsmall" className="text-ui-fg-subtle">
          {sent < bytes
            ? `${sizeInWords(sent)} of ${sizeInWords(bytes)}`
            : "Sent. The server looks into the file."}
        </Text>
      </div>
      <IconButton
        type="button"
        size="small"
        variant="transparent"
        aria-label={`Cancel the upload of ${name}`}
        onClick={onCancel}
      >
        <XMark />
      </IconButton>
    </div>
  )
}

type RefusedProps = { name: string; problem: string; onClose: () => void }

const Refused = ({ name, problem, onClose }: RefusedProps) => (
  <div className="flex items-start gap-x-3">
    <Alert variant="error" role="alert" className="min-w-0 flex-1">
      <span className="break-words">
        {name} was not uploaded. {problem}
      </span>
    </Alert>
    <IconButton
      type="button"
      size="small"
      variant="transparent"
      aria-label={`Close the message about ${name}`}
      onClick={onClose}
    >
      <XMark />
    </IconButton>
  </div>
)
