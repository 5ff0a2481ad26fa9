import { Combobox } from "@medusajs/dashboard/components"
import { Input, Label, RadioGroup, Select, Switch, Text } from "@medusajs/ui"
import { useId, useState } from "react"
import { useLookup } from "../../hooks/use-account-publishing"
import {
  listFromText,
  settingFields,
  type SettingField,
} from "../../lib/settings-schema"

type Settings = Record<string, unknown>

type SettingsFormProps = {
  accountId: string
  /** JSON Schema of the settings. */
  schema: Record<string, unknown> | null
  /** What is chosen; what is absent takes its default. */
  value: Settings
  /** The account's defaults. */
  defaults: Settings | null
  onChange: (settings: Settings) => void
}

/** Whatever a service lets a person choose for a post, drawn from its schema. */
export const SettingsForm = ({
  accountId,
  schema,
  value,
  defaults,
  onChange,
}: SettingsFormProps) => {
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value
    onChange(next === undefined ? others : { ...others, [name]: next })
  }

  return settingFields(schema, { ...defaults, ...value }).map((field) => (
    <SettingInput
      key={field.name}
      accountId={accountId}
      field={field}
      value={value[field.name] ?? defaults?.[field.name] ?? field.fallback}
      onChange={(next) => set(field.name, next)}
    />
  ))
}

type SettingInputProps = {
  accountId: string
  field: SettingField
  value: unknown
  onChange: (value: unknown) => void
}

/** Choices up to this many are all in sight. */
const MOST_RADIOS = 3

const SettingInput = ({ accountId, ...props }: SettingInputProps) => {
  const id = useId()
  const { field, value, onChange } = props
  const label = `${field.label}${field.required ? "" : " (optional)"}`

  if (field.input === "switch") {
    return (
      <div className="flex flex-col gap-y-1">
        <div className="flex items-center gap-x-2">
          <Switch
            id={id}
            size="small"
            checked={value === true}
            onCheckedChange={onChange}
          />
          <Label htmlFor={id} size="xsmall">
            {field.label}
          </Label>
        </div>
        <Help text={field.help} />
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-y-1">
      <Label id={`${id}-label`} htmlFor={id} size="xsmall">
        {label}
      </Label>
      {field.input === "choice" && (
        <Choice id={id} field={field} value={value} onChange={onChange} />
      )}
      {field.input === "lookup" && (
        <LookupInput
          id={id}
          accountId={accountId}
          name={field.lookup}
          value={typeof value === "string" ? value : ""}
          onChange={onChange}
        />
      )}
      {field.input === "number" && (
        <Input
          id={id}
          size="small"
          type="number"
          min={field.min ?? undefined}
          max={field.max ?? undefined}
          value={typeof value === "number" ? value : ""}
          onChange={({ target }) =>
            onChange(target.value === "" ? undefined : Number(target.value))
          }
        />
      )}
      {field.input === "text" && (
        <Input
          id={id}
          size="small"
          maxLength={field.max ?? undefined}
          value={typeof value === "string" ? value : ""}
          onChange={({ target }) => onChange(target.value || undefined)}
        />
      )}
      {field.input === "list" && (
        <ListInput id={id} value={value} onChange={onChange} />
      )}
      <Help text={field.help} />
    </div>
  )
}

const Help = ({ text }: { text: string | null }) =>
  text && (
    <Text size="xsmall" className="text-ui-fg-subtle">
      {text}
    </Text>
  )

type ChoiceProps = {
  id: string
  field: SettingField & { input: "choice" }
  value: unknown
  onChange: (value: unknown) => void
}

const Choice = ({ id, field, value, onChange }: ChoiceProps) => {
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

const ListInput = ({ id, value, onChange }: ListInputProps) => {
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

type LookupInputProps = {
  id: string
  accountId: string
  name: string
  value: string
  onChange: (value: string | undefined) => void
}

const LookupInput = ({
  id,
  accountId,
  name,
  value,
  onChange,
}: LookupInputProps) => {
  const [search, setSearch] = useState("")
  const { data, error } = useLookup(accountId, name, search)
  const found = (data?.options ?? []).map(({ value, label, hint }) => ({
    value,
    label: hint ? `${label} · ${hint}` : label,
  }))
  // The stock field shows a choice only while it is among the options.
  const isMissing = value && !found.some((option) => option.value === value)
  const options = isMissing ? [{ value, label: value }, ...found] : found

  return (
    <>
      <Combobox
        id={id}
        aria-labelledby={`${id}-label`}
        value={value}
        onChange={(next) => onChange(next || undefined)}
        options={options}
        searchValue={search}
        onSearchValueChange={setSearch}
        allowClear
        placeholder="Search"
      />
      {error && (
        <Text size="xsmall" className="text-ui-fg-error" role="alert">
          The choices could not be loaded: {error.message}
        </Text>
      )}
    </>
  )
}
