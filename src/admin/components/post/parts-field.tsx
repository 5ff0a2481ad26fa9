import { Trash } from "@medusajs/icons"
import { Button, IconButton, Input, Label, Textarea } from "@medusajs/ui"
import { useId } from "react"
import type { Target } from "../../lib/account-content"
import type { PostPart } from "../../../shared/post-types"

type PartsFieldProps = {
  value: PostPart[]
  /** The chosen accounts: they decide whether and as what more may follow. */
  targets: Target[]
  onChange: (parts: PostPart[]) => void
}

/** What follows a post: a thread's next entries, or comments, each after a while. */
export const PartsField = ({ value, targets, onChange }: PartsFieldProps) => {
  const kinds = new Set(
    targets.map(({ publishing: { limits } }) => limits.parts.as)
  )
  kinds.delete("none")
  if (kinds.size === 0 && value.length === 0) {
    return null
  }
  const change = (index: number, part: PostPart) =>
    onChange(value.map((other, place) => (place === index ? part : other)))

  return (
    <div className="flex flex-col gap-y-3">
      {value.map((part, index) => (
        <PartItem
          // Parts have no identity but their place.
          key={index}
          part={part}
          name={
            kinds.has("thread") ? `Part ${index + 2}` : `Comment ${index + 1}`
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
        onClick={() => onChange([...value, { text: "", delay_seconds: 0 }])}
      >
        {kinds.has("thread") ? "Add a part to the thread" : "Add a comment"}
      </Button>
    </div>
  )
}

type PartItemProps = {
  part: PostPart
  name: string
  onChange: (part: PostPart) => void
  onRemove: () => void
}

const PartItem = ({ part, name, onChange, onRemove }: PartItemProps) => {
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
          value={Math.round((part.delay_seconds ?? 0) / 60)}
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
      </div>
    </div>
  )
}
