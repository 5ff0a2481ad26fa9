import { Form } from "@medusajs/dashboard/components"
import { Textarea, clx } from "@medusajs/ui"
import { useEffect, useState } from "react"
import type { UseFormReturn } from "react-hook-form"
import { countGraphemes } from "../../../shared/post-rules"
import type { PostFormValues } from "../../lib/post-form"
import type { TextLimit } from "../../lib/publishing-limits"

type CaptionFieldProps = {
  form: UseFormReturn<PostFormValues>
  limit: TextLimit | null
}

/** The text of a post, counted against the strictest chosen service. */
export const CaptionField = ({ form, limit }: CaptionFieldProps) => (
  <Form.Field
    control={form.control}
    name="caption"
    rules={{
      validate: (value, { media }) =>
        Boolean(value.trim()) ||
        media.length > 0 ||
        "Write something, or add an image.",
    }}
    render={({ field }) => (
      <Form.Item>
        <Form.Label>Text</Form.Label>
        <Form.Control>
          <Textarea {...field} rows={6} autoFocus />
        </Form.Control>
        <CharacterCount count={countGraphemes(field.value)} limit={limit} />
        <Form.ErrorMessage />
      </Form.Item>
    )}
  />
)

type CharacterCountProps = { count: number; limit: TextLimit | null }

const ANNOUNCE_AFTER_MS = 1_000

const CharacterCount = ({ count, limit }: CharacterCountProps) => {
  const isOver = limit !== null && count > limit.max
  const text = limit
    ? `${count} of ${limit.max} characters (${limit.label})`
    : `${count} characters`
  const [announced, setAnnounced] = useState("")

  // A screen reader hears the count in a pause, not after every key.
  useEffect(() => {
    const timer = setTimeout(() => setAnnounced(text), ANNOUNCE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <>
      <span
        aria-hidden
        className={clx(
          "txt-compact-small",
          isOver ? "text-ui-fg-error" : "text-ui-fg-subtle"
        )}
      >
        {text}
      </span>
      <span className="sr-only" aria-live="polite">
        {announced}
      </span>
    </>
  )
}
