import { Trash } from "@medusajs/icons"
import { Button, IconButton, Input, Label, Text, toast } from "@medusajs/ui"
import { useId, useRef, useState, type ChangeEvent } from "react"
import { useUploadImages } from "../../hooks/use-upload-images"
import { errorMessage } from "../../lib/errors"
import type { PostFormValues } from "../../lib/post-form"

type Media = PostFormValues["media"]

type MediaFieldProps = { value: Media; onChange: (media: Media) => void }

/** The images of a post: uploaded or by address, each with alternative text. */
export const MediaField = ({ value, onChange }: MediaFieldProps) => {
  const add = (urls: string[]) =>
    onChange([...value, ...urls.map((url) => ({ url, alt_text: "" }))])

  return (
    <div className="flex flex-col gap-y-3">
      {value.map((item, index) => (
        <MediaItem
          // Two images may have the same address, so the place is the identity.
          key={`${index}-${item.url}`}
          item={item}
          position={index + 1}
          onDescribe={(alt_text) =>
            onChange(
              value.map((other, place) =>
                place === index ? { ...other, alt_text } : other
              )
            )
          }
          onRemove={() => onChange(value.filter((_, place) => place !== index))}
        />
      ))}
      <div className="flex flex-wrap items-end gap-3">
        <UploadButton onUploaded={add} />
        <AddByUrl onAdd={(url) => add([url])} />
      </div>
    </div>
  )
}

type MediaItemProps = {
  item: Media[number]
  position: number
  onDescribe: (altText: string) => void
  onRemove: () => void
}

const MediaItem = ({
  item,
  position,
  onDescribe,
  onRemove,
}: MediaItemProps) => {
  const id = useId()

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex items-center gap-x-3 rounded-lg p-3">
      <img
        src={item.url}
        alt=""
        className="bg-ui-bg-subtle size-16 shrink-0 rounded-md object-cover"
      />
      <div className="flex min-w-0 flex-1 flex-col gap-y-1">
        <Label htmlFor={id} size="xsmall">
          Alternative text for image {position}
        </Label>
        <Input
          id={id}
          size="small"
          value={item.alt_text}
          onChange={(event) => onDescribe(event.target.value)}
          placeholder="What the image shows"
        />
      </div>
      <IconButton
        type="button"
        size="small"
        variant="transparent"
        aria-label={`Remove image ${position}`}
        onClick={onRemove}
      >
        <Trash />
      </IconButton>
    </div>
  )
}

type UploadButtonProps = { onUploaded: (urls: string[]) => void }

const UploadButton = ({ onUploaded }: UploadButtonProps) => {
  const input = useRef<HTMLInputElement>(null)
  const upload = useUploadImages()

  const handleFiles = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])]
    // Choosing the same file again must count as a change.
    event.target.value = ""
    if (files.length === 0) {
      return
    }
    try {
      onUploaded(await upload.mutateAsync(files))
    } catch (error) {
      toast.error("The images were not uploaded", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <>
      <Button
        type="button"
        size="small"
        variant="secondary"
        isLoading={upload.isPending}
        onClick={() => input.current?.click()}
      >
        Upload images
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label="Images to upload"
        onChange={(event) => void handleFiles(event)}
      />
    </>
  )
}

type AddByUrlProps = { onAdd: (url: string) => void }

const AddByUrl = ({ onAdd }: AddByUrlProps) => {
  const id = useId()
  const [url, setUrl] = useState("")
  const [isWrong, setIsWrong] = useState(false)

  const add = () => {
    if (!/^https?:\/\/\S+$/i.test(url.trim())) {
      setIsWrong(true)
      return
    }
    onAdd(url.trim())
    setUrl("")
    setIsWrong(false)
  }

  return (
    <div className="flex min-w-[260px] flex-1 flex-col gap-y-1">
      <Label htmlFor={id} size="xsmall">
        Or add an image by its address
      </Label>
      <div className="flex gap-x-2">
        <div className="flex-1">
          <Input
            id={id}
            size="small"
            type="url"
            value={url}
            aria-invalid={isWrong}
            placeholder="https://"
            onChange={(event) => setUrl(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
                event.preventDefault()
                add()
              }
            }}
          />
        </div>
        <Button
          type="button"
          size="small"
          variant="secondary"
          disabled={!url.trim()}
          onClick={add}
        >
          Add
        </Button>
      </div>
      {isWrong && (
        <Text size="xsmall" className="text-ui-fg-error" role="alert">
          Enter an address that starts with https:// or http://.
        </Text>
      )}
    </div>
  )
}
