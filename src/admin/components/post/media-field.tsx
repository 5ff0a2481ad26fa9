import { Button, Input, Label, Text } from "@medusajs/ui"
import { useId, useState } from "react"
import { useMediaFiles } from "../../hooks/use-media"
import type { FormMedia } from "../../lib/account-content"
import { mediaAddress, mediaKind } from "../../lib/media"
import type { PostLimits } from "../../../shared/post-rules/limits"
import { offeredPosters } from "../../../shared/post-rules/poster"
import { MediaItem } from "./media-item"
import { MediaUploads } from "./media-uploads"

type MediaFieldProps = {
  value: FormMedia
  /** Of the accounts that get the files, as far as they are chosen. */
  limits: readonly PostLimits[]
  onChange: (media: FormMedia) => void
}

/** The files of a post in their order: uploaded or by address, each with alternative text. */
export const MediaField = ({ value, limits, onChange }: MediaFieldProps) => {
  const files = useMediaFiles(value.flatMap(({ media_id }) => media_id ?? []))
  const [moved, setMoved] = useState("")

  const move = (from: number, by: 1 | -1) => {
    const order = [...value]
    const [item] = order.splice(from, 1)
    order.splice(from + by, 0, item)
    onChange(order)
    setMoved(`Now number ${from + by + 1} of ${value.length}.`)
  }

  return (
    <div className="flex flex-col gap-y-3">
      {value.map((item, index) => {
        const file = files.get(item.media_id ?? "")
        return (
          <MediaItem
            key={identityOf(value, index)}
            item={item}
            file={file}
            name={`${NOUNS[mediaKind(item.url, file)]} ${index + 1}`}
            posters={offeredPosters(limits)}
            place={{ isFirst: index === 0, isLast: index === value.length - 1 }}
            onDescribe={(alt_text) =>
              onChange(
                value.map((other, place) =>
                  place === index ? { ...other, alt_text } : other
                )
              )
            }
            onMove={(by) => move(index, by)}
            onRemove={() =>
              onChange(value.filter((_, place) => place !== index))
            }
          />
        )
      })}
      <span className="sr-only" aria-live="polite">
        {moved}
      </span>
      <MediaUploads
        onUploaded={({ id }) =>
          onChange([
            ...value,
            {
              url: mediaAddress({ url: "", media_id: id }),
              media_id: id,
              alt_text: "",
            },
          ])
        }
      />
      <AddByUrl onAdd={(url) => onChange([...value, { url, alt_text: "" }])} />
    </div>
  )
}

const NOUNS = {
  image: "image",
  gif: "image",
  video: "video",
  document: "document",
}

/** A file may be there twice: its address, and how often it was there before. */
const identityOf = (media: FormMedia, index: number): string => {
  const { url } = media[index]
  const before = media.slice(0, index).filter((other) => other.url === url)
  return `${before.length} ${url}`
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
    <div className="flex flex-col gap-y-1">
      <Label htmlFor={id} size="xsmall">
        Or add a file by its address
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
