import { Trash } from "@medusajs/icons"
import { Button, IconButton, Input, Label, Switch, Text } from "@medusajs/ui"
import { useId } from "react"
import type { AccountPublishing } from "../../../shared/post-types"
import { chosenFor } from "../../lib/chosen-options"
import { settingFields, type SettingField } from "../../lib/settings-schema"
import { LookupInput, LookupsInput, type LookupSource } from "./lookup-input"
import { Choice, ListInput } from "./setting-choice"

type Settings = Record<string, unknown>

type SettingsFormProps = {
  accountId: string
  /** JSON Schema of the settings. */
  schema: Record<string, unknown> | null
  /** What is chosen; what is absent takes its default. */
  value: Settings
  /** The account's defaults. */
  defaults: Settings | null
  lookups: AccountPublishing["lookups"]
  /** What the account cannot have switched on now, each with why. */
  off: AccountPublishing["limits"]["settings_off"]
  onChange: (settings: Settings) => void
}

/** Whatever a service lets a person choose for a post, drawn from its schema. */
export const SettingsForm = ({
  accountId,
  schema,
  value,
  defaults,
  lookups,
  off,
  onChange,
}: SettingsFormProps) => {
  const chosen = { ...defaults, ...value }
  const source: LookupSource = {
    accountId,
    chosenFor: (name) => chosenFor(lookups, name, chosen),
  }
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value
    onChange(next === undefined ? others : { ...others, [name]: next })
  }

  return settingFields(schema, chosen).map((field) => (
    <SettingInput
      key={field.name}
      source={source}
      field={field}
      off={off?.[field.name]}
      value={value[field.name] ?? defaults?.[field.name] ?? field.fallback}
      onChange={(next) => set(field.name, next)}
    />
  ))
}

type SettingInputProps = {
  source: LookupSource
  field: SettingField
  /** Why it is off, whatever is chosen. */
  off?: string
  value: unknown
  onChange: (value: unknown) => void
}

const SettingInput = ({ source, ...props }: SettingInputProps) => {
  const id = useId()
  const { field, off, value, onChange } = props
  const label = `${field.label}${field.required ? "" : " (optional)"}`

  if (field.input === "group") {
    return <SettingGroup {...props} source={source} fields={field.fields} />
  }
  if (field.input === "rows") {
    return <SettingRows {...props} source={source} fields={field.fields} />
  }
  if (field.input === "switch") {
    return (
      <div className="flex flex-col gap-y-1">
        <div className="flex items-center gap-x-2">
          <Switch
            id={id}
            size="small"
            checked={value === true && off === undefined}
            disabled={off !== undefined}
            onCheckedChange={onChange}
          />
          <Label htmlFor={id} size="xsmall">
            {field.label}
          </Label>
        </div>
        <Help text={off ?? field.help} />
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
          source={source}
          name={field.lookup}
          value={typeof value === "string" ? value : ""}
          onChange={onChange}
        />
      )}
      {field.input === "lookups" && (
        <LookupsInput
          id={id}
          source={source}
          name={field.lookup}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(next) => onChange(next.length ? next : undefined)}
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

type SettingGroupProps = SettingInputProps & { fields: SettingField[] }

const asSettings = (value: unknown): Settings | null =>
  typeof value === "object" && value !== null ? (value as Settings) : null

/** Settings that are there together, or not at all: a poll with its options. */
const SettingGroup = ({
  source,
  field,
  fields,
  value,
  onChange,
}: SettingGroupProps) => {
  const id = useId()
  const values = asSettings(value)

  return (
    <div className="flex flex-col gap-y-3">
      <div className="flex flex-col gap-y-1">
        <div className="flex items-center gap-x-2">
          <Switch
            id={id}
            size="small"
            checked={values !== null}
            onCheckedChange={(isOn) => onChange(isOn ? {} : undefined)}
          />
          <Label htmlFor={id} size="xsmall">
            {field.label}
          </Label>
        </div>
        <Help text={field.help} />
      </div>
      {values && (
        <div
          role="group"
          aria-label={field.label}
          className="border-ui-border-base flex flex-col gap-y-3 border-l pl-3"
        >
          <GroupInputs
            source={source}
            fields={fields}
            values={values}
            onChange={onChange}
          />
        </div>
      )}
    </div>
  )
}

/** Any number of settings of one kind, in their order; a row without any is left blank. */
const SettingRows = ({
  source,
  field,
  fields,
  value,
  onChange,
}: SettingGroupProps) => {
  const rows: unknown[] = Array.isArray(value) ? value : []
  const change = (next: unknown[]) => onChange(next.length ? next : undefined)

  return (
    <div
      role="group"
      aria-label={field.label}
      className="flex flex-col gap-y-3"
    >
      <Text size="xsmall" weight="plus">
        {field.label} (optional)
      </Text>
      <Help text={field.help} />
      {rows.map((row, index) => {
        const name = `${field.label} ${index + 1}`
        return (
          <div
            // Rows have no identity but their place.
            key={index}
            role="group"
            aria-label={name}
            className="border-ui-border-base flex items-start gap-x-3 border-l pl-3"
          >
            <div className="flex flex-1 flex-col gap-y-3">
              <GroupInputs
                source={source}
                fields={fields}
                values={asSettings(row) ?? {}}
                onChange={(next) =>
                  change(
                    rows.map((other, place) =>
                      place === index ? nullIfBlank(next) : other
                    )
                  )
                }
              />
            </div>
            <IconButton
              type="button"
              size="small"
              variant="transparent"
              aria-label={`Remove ${name}`}
              onClick={() => change(rows.filter((_, place) => place !== index))}
            >
              <Trash />
            </IconButton>
          </div>
        )
      })}
      <Button
        type="button"
        size="small"
        variant="secondary"
        className="w-fit"
        onClick={() => change([...rows, null])}
      >
        Add to {field.label}
      </Button>
    </div>
  )
}

const nullIfBlank = (values: Settings): Settings | null =>
  Object.keys(values).length ? values : null

type GroupInputsProps = {
  source: LookupSource
  fields: SettingField[]
  values: Settings
  onChange: (values: Settings) => void
}

const GroupInputs = ({ source, fields, values, onChange }: GroupInputsProps) =>
  fields.map((inner) => (
    <SettingInput
      key={inner.name}
      source={source}
      field={inner}
      value={values[inner.name] ?? inner.fallback}
      onChange={(next) => {
        const { [inner.name]: _, ...others } = values
        onChange(
          next === undefined ? others : { ...others, [inner.name]: next }
        )
      }}
    />
  ))
