import { Form } from "@medusajs/dashboard/components"
import { Textarea, clx } from "@medusajs/ui"
import { useEffect, useState } from "react"
import type { UseFormReturn } from "react-hook-form"
import { countGraphemes } from "../../../shared/post-rules/text"
import type { TextCount } from "../../lib/account-content"
import type { PostFormValues } from "../../lib/post-form"

type CaptionFieldProps = {
  form: UseFormReturn<PostFormValues>
  limit: TextCount | null
}

/** The text of a post, counted for the chosen account that has the least room. */
export const CaptionField = ({ form, limit }: CaptionFieldProps) => (
  <Form.Field
    control={form.control}
    name="caption"
    rules={{
      validate: (value, { media }) =>
        Boolean(value.trim()) ||
        media.length > 0 ||
        "Write something, or add a file.",
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

type CharacterCountProps = { count: number; limit: TextCount | null }

const ANNOUNCE_AFTER_MS = 1_000

/** How long a text is, seen at once and heard in a pause. */
export const CharacterCount = ({ count, limit }: CharacterCountProps) => {
  const isOver = limit !== null && limit.count > limit.max
  const text = limit
    ? `${limit.count} of ${limit.max} characters (${limit.label})`
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
