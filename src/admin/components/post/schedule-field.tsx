import { Form } from "@medusajs/dashboard/components"
import { DatePicker } from "@medusajs/ui"
import { useState, type KeyboardEvent } from "react"
import type { UseFormReturn } from "react-hook-form"
import { useDateParts } from "../../hooks/use-date-parts"
import {
  scheduleProblem,
  type PostFormValues,
  type Schedule,
} from "../../lib/post-form"

type ScheduleFieldProps = { form: UseFormReturn<PostFormValues> }

/** When a post is to go out. */
export const ScheduleField = ({ form }: ScheduleFieldProps) => (
  <Form.Field
    control={form.control}
    name="scheduled_at"
    rules={{ validate: (value) => scheduleProblem(value) ?? true }}
    render={({ field: { value, onChange, onBlur } }) => (
      <Form.Item>
        <Form.Label>Schedule (optional)</Form.Label>
        <Form.Control>
          <SchedulePicker value={value} onChange={onChange} onBlur={onBlur} />
        </Form.Control>
        <Form.Hint>
          In your own time zone. Leave empty to publish by hand.
        </Form.Hint>
        <Form.ErrorMessage />
      </Form.Item>
    )}
  />
)

type SchedulePickerProps = {
  value: Schedule
  onChange: (schedule: Schedule) => void
  onBlur: () => void
}

/**
 * The stock date picker, which tells nobody that a part of what it shows is
 * missing: meanwhile it keeps the last whole date, or none.
 */
const SchedulePicker = ({
  value,
  onChange,
  ...control
}: SchedulePickerProps) => {
  const [whole, setWhole] = useState(value === "incomplete" ? null : value)
  const [today] = useState(startOfToday)
  const parts = useDateParts(({ filled, empty }) => {
    const isIncomplete = filled > 0 && (empty > 0 || whole === null)
    onChange(isIncomplete ? "incomplete" : whole)
  })

  return (
    <div ref={parts} onKeyDownCapture={settleDay}>
      <DatePicker
        {...control}
        granularity="minute"
        shouldCloseOnSelect={false}
        modal
        aria-label="Schedule"
        minValue={today}
        value={whole}
        onChange={(date) => {
          setWhole(date)
          onChange(date)
        }}
      />
    </div>
  )
}

const startOfToday = (): Date => new Date(new Date().setHours(0, 0, 0, 0))

/** The picker corrects a day that does not exist, such as June 31, once it is left. */
const settleDay = ({ key, target }: KeyboardEvent): void => {
  if (key === "Enter" && target instanceof HTMLElement) {
    target.blur()
    target.focus()
  }
}
