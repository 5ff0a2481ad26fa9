import { Combobox } from "@medusajs/dashboard/components"
import { Text } from "@medusajs/ui"
import { useState } from "react"
import { useLookup } from "../../hooks/use-account-publishing"
import { nameIconButtons, useControlNames } from "../../hooks/use-control-names"
import { withChosen, type Option } from "../../lib/chosen-options"

/** Where look-ups are made, and what they may depend on. */
export type LookupSource = {
  accountId: string
  /** What is chosen of the settings that a look-up depends on. */
  chosenFor: (name: string) => Record<string, unknown>
}

type LookupProps<Value> = {
  id: string
  source: LookupSource
  name: string
  value: Value
  onChange: (value: Value) => void
}

const nameControls = (root: HTMLElement) => {
  nameIconButtons(root, 'button[tabindex="-1"]', "Remove choice")
  nameIconButtons(root, "button", "Show choices")
}

/** One choice of a list that the service has. */
export const LookupInput = ({
  value,
  onChange,
  ...lookup
}: Omit<LookupProps<string>, "onChange"> & {
  onChange: (value: string | undefined) => void
}) => {
  const { options, remember, error, ...search } = useChoices(
    lookup,
    value ? [value] : []
  )
  const namedRef = useControlNames(nameControls)

  return (
    <div ref={namedRef}>
      <Combobox
        {...search}
        id={lookup.id}
        aria-labelledby={`${lookup.id}-label`}
        value={value}
        onChange={(next) => {
          remember(next ? [next] : [])
          onChange(next || undefined)
        }}
        options={options}
        allowClear
        placeholder="Search"
      />
      <LookupError error={error} />
    </div>
  )
}

/** Several choices of a list that the service has. */
export const LookupsInput = ({
  value,
  onChange,
  ...lookup
}: LookupProps<string[]>) => {
  const { options, remember, error, ...search } = useChoices(lookup, value)
  const namedRef = useControlNames(nameControls)

  return (
    <div ref={namedRef}>
      <Combobox
        {...search}
        id={lookup.id}
        aria-labelledby={`${lookup.id}-label`}
        value={value}
        onChange={(next) => {
          remember(next ?? [])
          onChange(next ?? [])
        }}
        options={options}
        displayMode="chips"
        placeholder="Search"
      />
      <LookupError error={error} />
    </div>
  )
}

/** What a search finds, and what is chosen already: the stock field shows no other. */
const useChoices = (
  { source, name }: Pick<LookupProps<unknown>, "source" | "name">,
  value: string[]
) => {
  const [searchValue, onSearchValueChange] = useState("")
  const [known, setKnown] = useState<Option[]>([])
  const { data, error } = useLookup(
    source.accountId,
    name,
    searchValue,
    source.chosenFor(name)
  )
  const found = (data?.options ?? []).map(({ value, label, hint }) => ({
    value,
    label: hint ? `${label} · ${hint}` : label,
  }))
  const chosen = value.map(
    (one) =>
      known.find((option) => option.value === one) ?? { value: one, label: one }
  )
  const options = withChosen(found, chosen)
  const remember = (values: string[]) =>
    setKnown(options.filter((option) => values.includes(option.value)))

  return { options, remember, error, searchValue, onSearchValueChange }
}

const LookupError = ({ error }: { error: Error | null }) =>
  error && (
    <Text size="xsmall" className="text-ui-fg-error" role="alert">
      The choices could not be loaded: {error.message}
    </Text>
  )
