import { Input, Label, RadioGroup, Select } from "@medusajs/ui"
import { useState } from "react"
import { listFromText, type SettingField } from "../../lib/settings-schema"

/** Choices up to this many are all in sight. */
const MOST_RADIOS = 3

type ChoiceProps = {
  id: string
  field: SettingField & { input: "choice" }
  value: unknown
  onChange: (value: unknown) => void
}

/** One of a few values. */
export const Choice = ({ id, field, value, onChange }: ChoiceProps) => {
  const choose = (text: string) =>
    onChange(
      field.options.find((option) => String(option.value) === text)?.value
    )
  const chosen = value === undefined ? "" : String(value)

  if (field.options.length <= MOST_RADIOS) {
    return (
      <RadioGroup
        aria-labelledby={`${id}-label`}
        value={chosen}
        onValueChange={choose}
        className="flex flex-wrap gap-x-4 gap-y-2"
      >
        {field.options.map((option) => (
          <div key={option.value} className="flex items-center gap-x-2">
            <RadioGroup.Item
              id={`${id}-${option.value}`}
              value={String(option.value)}
            />
            <Label htmlFor={`${id}-${option.value}`} size="xsmall">
              {option.label}
            </Label>
          </div>
        ))}
      </RadioGroup>
    )
  }
  return (
    <Select size="small" value={chosen} onValueChange={choose}>
      <Select.Trigger id={id}>
        <Select.Value placeholder="Choose" />
      </Select.Trigger>
      <Select.Content>
        {field.options.map((option) => (
          <Select.Item key={option.value} value={String(option.value)}>
            {option.label}
          </Select.Item>
        ))}
      </Select.Content>
    </Select>
  )
}

type ListInputProps = {
  id: string
  value: unknown
  onChange: (value: unknown) => void
}

/** Values that a person separates by commas. */
export const ListInput = ({ id, value, onChange }: ListInputProps) => {
  // What is typed has commas that the list does not.
  const [text, setText] = useState(Array.isArray(value) ? value.join(", ") : "")
  const change = (next: string) => {
    setText(next)
    const items = listFromText(next)
    onChange(items.length ? items : undefined)
  }

  return (
    <Input
      id={id}
      size="small"
      value={text}
      placeholder="Separated by commas"
      onChange={({ target }) => change(target.value)}
    />
  )
}
