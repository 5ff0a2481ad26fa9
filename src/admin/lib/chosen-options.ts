export type Option = { value: string; label: string }

/**
 * What a search found, and after it what is chosen already and was not found:
 * a choice stays in sight, and can be taken back, whatever is searched for.
 *
 * @param found the options that a search found
 * @param chosen the options that are chosen
 * @returns each option once
 */
export const withChosen = (found: Option[], chosen: Option[]): Option[] => [
  ...found,
  ...chosen.filter(
    ({ value }) => !found.some((option) => option.value === value)
  ),
]

/**
 * What is chosen of the settings that a look-up depends on.
 *
 * @param lookups the account's look-ups
 * @param name of the look-up
 * @param chosen all that is chosen so far
 */
export const chosenFor = (
  lookups: readonly { name: string; depends_on: readonly string[] }[],
  name: string,
  chosen: Record<string, unknown>
): Record<string, unknown> => {
  const depends = lookups.find((lookup) => lookup.name === name)?.depends_on
  return Object.fromEntries(
    (depends ?? []).flatMap((setting) =>
      chosen[setting] === undefined ? [] : [[setting, chosen[setting]]]
    )
  )
}
