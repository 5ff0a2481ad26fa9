import { Trash } from "@medusajs/icons"
import { Button, IconButton, Input, Label, Text, Textarea } from "@medusajs/ui"
import { useId } from "react"
import type { FormPart } from "../../lib/account-content"
import type { PostLimits } from "../../../shared/post-rules/limits"
import { durationInWords } from "../../../shared/post-rules/words"
import { MediaField } from "./media-field"

type PartsFieldProps = {
  value: FormPart[]
  /** Of the chosen accounts: whether and as what more may follow. */
  limits: PostLimits[]
  /** How many of the parts that follow the post come before these. */
  before?: number
  onChange: (parts: FormPart[]) => void
}

/** What follows a post: a thread's next entries, or comments, each after a while. */
export const PartsField = ({
  value,
  limits,
  before = 0,
  onChange,
}: PartsFieldProps) => {
  const rules = limits.map(({ parts }) => parts)
  const kinds = new Set(rules.map(({ as }) => as))
  kinds.delete("none")
  if (kinds.size === 0 && value.length === 0) {
    return null
  }
  const minDelay = Math.max(0, ...rules.map((one) => one.min_delay_s ?? 0))
  const takesMedia = rules.some(({ media }) => media)
  const change = (index: number, part: FormPart) =>
    onChange(value.map((other, place) => (place === index ? part : other)))

  return (
    <div className="flex flex-col gap-y-3">
      {value.map((part, index) => (
        <PartItem
          // Parts have no identity but their place.
          key={index}
          part={part}
          limits={limits}
          minDelay={minDelay}
          takesMedia={takesMedia}
          name={
            kinds.has("thread")
              ? `Part ${before + index + 2}`
              : `Comment ${before + index + 1}`
          }
          onChange={(next) => change(index, next)}
          onRemove={() => onChange(value.filter((_, place) => place !== index))}
        />
      ))}
      <Button
        type="button"
        size="small"
        variant="secondary"
        className="w-fit"
        onClick={() =>
          onChange([...value, { text: "", media: [], delay_seconds: minDelay }])
        }
      >
        {kinds.has("thread") ? "Add a part to the thread" : "Add a comment"}
      </Button>
    </div>
  )
}

type PartItemProps = Pick<PartsFieldProps, "limits"> & {
  part: FormPart
  name: string
  /** The longest of what the accounts ask for, in s. */
  minDelay: number
  takesMedia: boolean
  onChange: (part: FormPart) => void
  onRemove: () => void
}

const PartItem = ({
  part,
  limits,
  name,
  minDelay,
  takesMedia,
  onChange,
  onRemove,
}: PartItemProps) => {
  const id = useId()

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex flex-col gap-y-2 rounded-lg p-3">
      <div className="flex items-center justify-between">
        <Label htmlFor={id} size="xsmall">
          {name}
        </Label>
        <IconButton
          type="button"
          size="small"
          variant="transparent"
          aria-label={`Remove ${name.toLowerCase()}`}
          onClick={onRemove}
        >
          <Trash />
        </IconButton>
      </div>
      <Textarea
        id={id}
        rows={3}
        value={part.text}
        onChange={({ target }) => onChange({ ...part, text: target.value })}
      />
      <div className="flex items-center gap-x-2">
        <Input
          id={`${id}-delay`}
          size="small"
          type="number"
          min={0}
          max={10_080}
          className="w-20"
          value={Math.round(part.delay_seconds / 60)}
          onChange={({ target }) =>
            onChange({
              ...part,
              delay_seconds: Math.max(0, Math.round(Number(target.value))) * 60,
            })
          }
        />
        <Label htmlFor={`${id}-delay`} size="xsmall">
          minutes after the one before
        </Label>
        {minDelay > 0 && (
          <Text size="xsmall" className="text-ui-fg-subtle">
            at least {durationInWords(minDelay)}
          </Text>
        )}
      </div>
      {(takesMedia || part.media.length > 0) && (
        <div role="group" aria-label={`Files of ${name.toLowerCase()}`}>
          <MediaField
            value={part.media}
            limits={limits}
            onChange={(media) => onChange({ ...part, media })}
          />
        </div>
      )}
    </div>
  )
}
